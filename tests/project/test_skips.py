"""What a test that is skipped becomes where everything is required."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SKIPS = {
    "a test": "import pytest\n\ndef test_one() -> None:\n    pytest.skip('no such tool')\n",
    "a mark": "import pytest\n\n@pytest.mark.skip('no such tool')\ndef test_one() -> None:\n    pass\n",
    "a module": "import pytest\n\npytest.skip('no such tool', allow_module_level=True)\n",
}


@pytest.mark.parametrize("source", SKIPS.values(), ids=SKIPS.keys())
def test_a_skip_is_a_failure_that_says_why_where_everything_is_required(source: str, tmp_path: Path) -> None:
    (tmp_path / "test_skipped.py").write_text(source, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.exigence", "-p", "no:cacheprovider", "--rootdir", str(tmp_path)]
    done = {
        required: subprocess.run(
            [*command, str(tmp_path)],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT), "FPS_REQUIRE_REAL": required},
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        for required in ("0", "1")
    }
    assert "1 skipped" in done["0"].stdout and done["0"].returncode in (0, 5), done["0"].stdout
    assert done["1"].returncode not in (0, 5) and "FPS_REQUIRE_REAL=1, but" in done["1"].stdout, done["1"].stdout
    assert "no such tool" in done["1"].stdout
