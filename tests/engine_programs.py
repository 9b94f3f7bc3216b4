"""bin/check runs where no engine is installed: a test that starts an engine's program says so by its mark."""

import os
import shutil
import sys
from collections.abc import Generator
from pathlib import Path
from typing import cast

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
        sys.addaudithook(self._hear)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        self._is_unmarked = not any(item.get_closest_marker(name) for name in _MARKS)
        try:
            return (yield)
        finally:
            self._is_unmarked = False

    def _hear(self, event: str, given: tuple[object, ...]) -> None:
        if event != "subprocess.Popen" or not self._is_unmarked:
            return
        program = os.fsdecode(cast("str | bytes | os.PathLike[str]", given[0]))
        found = shutil.which(program) if Path(program).name in PROGRAMS else None
        if found and found.startswith(_OF_THE_SYSTEM):  # not one that a test made
            raise StartedUnmarked(f"{program} : ce test doit porter la marque « engines »")
