"""Long writing lets others write in between."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

from vaguemestre.foundation.jobs import batches
from vaguemestre.foundation.jobs.batches import write_batches


@pytest.fixture
def as_sqlite(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "vendor", "sqlite")


class Clock:
    """A clock that stands still but for `sleep` and for what a batch costs."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(batches, "time", made)
    return made


def sizes(clock: Clock, each: float, count: int) -> Iterator[int]:
    """Of the batches of so many items, when each costs that many seconds."""
    for batch in write_batches(range(count), 500):
        clock.now += each * len(batch)
        yield len(batch)


@pytest.mark.usefixtures("as_sqlite")
def test_batches_hold_the_only_lock_for_a_fifth_of_a_second(clock: Clock) -> None:
    assert list(sizes(clock, 0.001, 650)) == [50, 100, 200, 200, 100]
    assert clock.pauses == [0.11] * 4


@pytest.mark.usefixtures("as_sqlite")
def test_a_slow_machine_makes_small_batches_and_no_smaller(clock: Clock) -> None:
    assert list(sizes(clock, 0.005, 160)) == [50, 40, 40, 30]
    assert list(sizes(clock, 0.1, 100)) == [50, 25, 25]


@pytest.mark.usefixtures("as_sqlite")
def test_nothing_and_little_make_no_pause(clock: Clock) -> None:
    assert list(write_batches([], 500)) == []
    assert list(write_batches("ab", 500)) == [("a", "b")]
    assert clock.pauses == []


def test_postgresql_has_many_writers(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "vendor", "postgresql")
    assert list(sizes(clock, 0.1, 1200)) == [500, 500, 200]
    assert clock.pauses == []


@pytest.mark.usefixtures("as_sqlite")
def test_who_waits_for_the_lock_has_it_between_two_batches(tmp_path: Path) -> None:
    """With SQLite's own waiting."""
    file = tmp_path / "rows.sqlite3"
    with closing(sqlite3.connect(file)) as first:
        first.execute("CREATE TABLE row (by TEXT)")
    asked = threading.Event()

    def other() -> None:
        with closing(sqlite3.connect(file, timeout=20, isolation_level=None)) as own:
            asked.set()
            own.execute("BEGIN IMMEDIATE")
            own.execute("INSERT INTO row VALUES ('other')")
            own.execute("COMMIT")

    waiting = threading.Thread(target=other)
    with closing(sqlite3.connect(file, timeout=20, isolation_level=None)) as own:
        _write(own, waiting, asked)
        waiting.join()
        rows: Sequence[tuple[str]] = own.execute("SELECT by FROM row ORDER BY rowid").fetchall()
    assert rows.index(("other",)) < len(rows) - 25


def _write(own: sqlite3.Connection, waiting: threading.Thread, asked: threading.Event) -> None:
    for number, batch in enumerate(write_batches(range(400), 25)):
        own.execute("BEGIN IMMEDIATE")
        if number == 0:
            waiting.start()
            asked.wait(60)
        own.executemany("INSERT INTO row VALUES (?)", [("batch",) for _ in batch])
        own.execute("COMMIT")
