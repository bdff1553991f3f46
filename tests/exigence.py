"""Where the real servers and the browser are required (FPS_REQUIRE_REAL=1), a test that is skipped, for whatever reason, has failed."""

import os
from collections.abc import Generator
from typing import TypeVar

import pytest

R = TypeVar("R", pytest.TestReport, pytest.CollectReport)


def _exige(report: R) -> R:
    if os.environ.get("FPS_REQUIRE_REAL") == "1" and report.outcome == "skipped" and not hasattr(report, "wasxfail"):
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome, report.longrepr = "failed", f"FPS_REQUIRE_REAL=1, but {why}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A skipped test fails."""
    return _exige((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """A skipped module fails."""
    return _exige((yield))
