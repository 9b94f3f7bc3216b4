"""bin/check runs where no engine is installed: a test that starts an engine's program says so by its mark."""

import os
import shutil
import subprocess
from collections.abc import Generator
from functools import wraps
from pathlib import Path
from typing import Any

import pytest

_MARKS = ("engines", "browser", "heavy", "machines")  # of those that bin/check leaves to bin/test
_OF_THE_SYSTEM = ("/usr/", "/sbin/", "/bin/")
PROGRAMS = frozenset((
    "clamd", "doveadm", "doveconf", "dovecot", "haproxy", "initdb", "keepalived", "master", "nginx",
    "patroni", "pgbackrest", "postconf", "postfix", "postgres", "postmap", "postqueue", "postsuper",
    "restic", "rspamadm", "rspamd", "sievec", "unbound", "valkey-server",
))  # fmt: skip


class StartedUnmarked(AssertionError):
    """Raised where the program would have been started."""


class EnginePrograms:
    """A plugin of pytest: between the tests of a file, fixtures start what they like."""

    def __init__(self) -> None:
        self._is_unmarked = False
        self._listen()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        self._is_unmarked = not any(item.get_closest_marker(name) for name in _MARKS)
        try:
            return (yield)
        finally:
            self._is_unmarked = False

    def _listen(self) -> None:
        """An audit hook would hear it too, and be called for everything else: a fiftieth of a run."""
        start = subprocess.Popen.__init__

        @wraps(start)
        def heard(process: Any, args: Any, *others: Any, **named: Any) -> None:
            if self._is_unmarked:
                _check(args, **named)
            start(process, args, *others, **named)

        subprocess.Popen.__init__ = heard  # type: ignore[assignment, method-assign]


def _check(args: Any, *, shell: bool = False, executable: Any = None, **_: object) -> None:
    """Of `subprocess.Popen`: whether that program may start in a test without a mark."""
    if shell:
        return
    program = os.fsdecode(executable or (args if isinstance(args, (str, bytes, os.PathLike)) else args[0]))
    found = shutil.which(program) if Path(program).name in PROGRAMS else None
    if found and found.startswith(_OF_THE_SYSTEM):  # not one that a test made
        raise StartedUnmarked(f"{program} : ce test doit porter la marque « engines »")
