"""What a test that is skipped becomes where everything is required."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SKIPS = {
    "un_test": "import pytest\n\ndef test_one() -> None:\n    pytest.skip('no such tool')\n",
    "une_marque": "import pytest\n\n@pytest.mark.skip('no such tool')\ndef test_one() -> None:\n    pass\n",
    "un_module": "import pytest\n\npytest.skip('no such tool', allow_module_level=True)\n",
}


def test_a_skip_is_a_failure_that_says_why_where_everything_is_required(tmp_path: Path) -> None:
    for name, source in SKIPS.items():
        (tmp_path / f"test_{name}.py").write_text(source, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.exigence", "-p", "no:cacheprovider"]
    command += ["--continue-on-collection-errors", "--rootdir", str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "COLUMNS": "300"}
    done = {
        required: subprocess.run(
            [*command, str(tmp_path)],
            cwd=tmp_path,
            env={**environment, "FPS_REQUIRE_REAL": required},
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        for required in ("0", "1")
    }
    assert f"{len(SKIPS)} skipped" in done["0"].stdout and done["0"].returncode in (0, 5), done["0"].stdout
    assert done["1"].returncode not in (0, 5) and "skipped" not in done["1"].stdout.splitlines()[-1], done["1"].stdout
    for name in SKIPS:
        (said,) = (x for x in done["1"].stdout.splitlines() if x.startswith(("FAILED", "ERROR")) and f"test_{name}.py" in x)
        assert "FPS_REQUIRE_REAL=1, but" in said and "no such tool" in said
