"""Processes that each take the next file of tests that none has taken, and read only what they take.

xdist has each of its processes read every file, and tell another one of each test: a fifth of what a run
without engines costs. `VAGUEMESTRE_FILE_QUEUE` names the file, of these processes alone, in which they write
what they have taken.
"""

import fcntl
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from _pytest.runner import collect_one_node
from tests.run_order import ROOT, measured


class FileQueue:
    """A plugin of pytest."""

    def __init__(self, taken: Path) -> None:
        self._taken = taken
        self._files: list[pytest.Collector] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> bool:
        """Find the files, without reading them."""
        session.perform_collect(genitems=False)
        self._files.sort(key=lambda file: (*_place(file.path), str(file.path)))
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item | pytest.Collector]) -> None:
        """Folders come here first, before marks are looked for on them; then the tests of each file."""
        self._files += _files_of(items)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = self._items(session)
        item = next(items, None)
        while item:
            following = next(items, None)
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.shouldfail:
                raise session.Failed(session.shouldfail)
            if session.shouldstop:
                raise session.Interrupted(session.shouldstop)
            item = following
        return True

    def _items(self, session: pytest.Session) -> Iterator[pytest.Item]:
        """The tests of each file that this process takes, read when the one before has one test left."""
        session.items, session.testscollected = [], 0
        for file in self._files:
            if not self._takes(file.path):
                continue
            items = list(session.genitems(file))
            session.config.hook.pytest_collection_modifyitems(
                session=session, config=session.config, items=items
            )
            session.items += items  # pytest-django looks there for what uses the database
            session.testscollected += len(items)
            yield from items

    def _takes(self, file: Path) -> bool:
        """Whether nobody has taken that file, which then is this process's."""
        with self._taken.open("a+", encoding="utf-8") as names:
            fcntl.flock(names, fcntl.LOCK_EX)
            names.seek(0)
            if f"{file}\n" in names:
                return False
            names.write(f"{file}\n")
            return True


def plugin() -> FileQueue | None:
    name = os.environ.pop("VAGUEMESTRE_FILE_QUEUE", None)  # not for a pytest that a test starts
    return FileQueue(Path(name)) if name else None


def _files_of(nodes: Iterable[pytest.Item | pytest.Collector]) -> Iterator[pytest.Collector]:
    for node in nodes:
        if isinstance(node, pytest.Directory):
            report = collect_one_node(node)
            node.ihook.pytest_collectreport(report=report)
            yield from _files_of(report.result or ())
        elif isinstance(node, pytest.Collector):
            yield node


def _place(file: Path) -> tuple[float, int]:
    """What takes long comes first, so that all processes end together."""
    name = file.relative_to(ROOT).as_posix() if file.is_relative_to(ROOT) else str(file)
    return -measured().get(name, 0.0), -file.stat().st_size
