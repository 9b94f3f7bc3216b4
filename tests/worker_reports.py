"""What a process of xdist tells the one that prints: how each test ended, and fixtures that took a while.

It would tell five things of each test, of which one is printed: of a test of a few milliseconds, a third of
what it costs is to write and to read them.
"""

from collections.abc import Callable

import pytest

_TOLD_SECONDS = 0.005  # --durations names nothing shorter


def leave_out_what_nobody_reads(config: pytest.Config) -> None:
    """In a process of xdist's. A file of JUnit's needs all of it."""
    if not hasattr(config, "workerinput") or config.getoption("xmlpath", None):
        return
    hooks = config.hook
    for implementation in hooks.pytest_runtest_logreport.get_hookimpls():
        if _is_of_xdist(implementation.plugin):
            implementation.function = _if_read(implementation.function)
    for implementation in hooks.pytest_runtest_logstart.get_hookimpls():
        if _is_of_xdist(implementation.plugin):
            implementation.function = _nothing


def _is_of_xdist(plugin: object) -> bool:
    return type(plugin).__name__ == "WorkerInteractor"


def _if_read(tell: Callable[..., object]) -> Callable[[pytest.TestReport], None]:
    def told(report: pytest.TestReport) -> None:
        if is_read(report):
            tell(report)

    return told


def is_read(report: pytest.TestReport) -> bool:
    """Whether the process that prints does anything with that report."""
    return report.when == "call" or not report.passed or report.duration >= _TOLD_SECONDS


def _nothing(nodeid: str, location: tuple[object, ...]) -> None: ...
