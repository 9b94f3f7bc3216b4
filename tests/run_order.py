"""Which process of a run takes which file of tests, and when: the seconds that files took decide.

`seconds.tsv` holds them for the files that take a few; `bin/test --seconds` writes it anew. A process runs
the last test of its file only once another file waits behind it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import accumulate
from pathlib import Path

import pytest
from xdist.scheduler import LoadFileScheduling

ROOT = Path(__file__).resolve().parents[1]
TABLE = Path(__file__).with_name("seconds.tsv")
# One process takes these together, so that one alone starts an instance before browsers come.
ON_ONE_INSTANCE = frozenset(
    f"tests/journeys/test_{name}.py"
    for name in (
        "t30_thunderbird_by_itself", "t36_a_silent_mailbox", "t36_slow_clients",
        "t38_a_taken_web_process", "t40_in_firefox_and_webkit", "t41_alarms_by_their_fault",
    )
)  # fmt: skip
_TOGETHER = "journeys without Chromium"
_BEGUN = 0.4  # of the rest has begun when they do, if no browser comes after, for which their instance stays
_INSTANCES = 3  # processes that start one, half a minute of a processor each: other files are enough for one
_LONG, _SHORT, _WRITTEN = 30.0, 5.0, 3.0  # seconds of a file
_A_TEST, _A_WALK = 0.05, 1.5  # seconds of a test, and of one with a browser, of a file not in the table


@cache
def measured() -> Mapping[str, float]:
    """Seconds of each file of the table, by its path in the project."""
    lines = TABLE.read_text(encoding="utf-8").splitlines() if TABLE.exists() else []
    return {name: float(took) for name, took in (line.split("\t") for line in lines)}


def unit_of(file: str) -> str:
    """What a process takes as a whole: a file, or those that share an instance."""
    return _TOGETHER if file in ON_ONE_INSTANCE else file


def is_journey(unit: str) -> bool:
    return unit == _TOGETHER or unit.startswith("tests/journeys/")


def put_in_order(items: list[pytest.Item], browsing: set[Path], waiting: set[Path]) -> None:
    """Sort the tests of a run by file; `browsing`: files with a browser, `waiting`: with engines.

    Browsers come last: while one runs, its event loop allows no other in this thread; journeys before others,
    so that their instance ends. Before them, files that wait for engines stand among those that compute, as
    much of each kind as there is, the longest first.
    """
    seconds = _seconds_of(items, browsing)
    calm = [path for path in seconds if path not in browsing]
    places = {
        **_spread({path: seconds[path] for path in calm if path in waiting}),
        **_spread({path: seconds[path] for path in calm if path not in waiting}),
        **{path: 1.0 if browsing else _BEGUN for path in calm if _name(path) in ON_ONE_INSTANCE},
    }
    ranked = sorted(
        seconds,
        key=lambda path: (
            path in browsing, path in browsing and not is_journey(_name(path)), places.get(path, 0),
            -seconds[path], str(path),
        ),
    )  # fmt: skip
    ranks = {path: rank for rank, path in enumerate(ranked)}
    items.sort(key=lambda item: (ranks[item.path], "chromium" in getattr(item, "fixturenames", ())))


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)


def _seconds_of(items: Iterable[pytest.Item], browsing: set[Path]) -> dict[Path, float]:
    guessed: defaultdict[Path, float] = defaultdict(float)
    for item in items:
        guessed[item.path] += _A_WALK if item.path in browsing else _A_TEST
    return {path: measured().get(_name(path), seconds) for path, seconds in guessed.items()}


def _spread(seconds: Mapping[Path, float]) -> dict[Path, float]:
    """Which part of all these seconds is over when each file begins, 0 to 1, the longest first."""
    ordered = sorted(seconds, key=lambda path: (-seconds[path], str(path)))
    before = accumulate((seconds[path] for path in ordered), initial=0.0)
    total = sum(seconds.values())
    return {path: over / total for path, over in zip(ordered, before, strict=False)}


def next_unit(waiting: Iterable[str], held: Iterable[str]) -> str:
    """The unit that a process with those takes: the first, or behind a long one the first short one.

    What is behind waits for its end, however free the other processes are.
    """
    units = list(waiting)
    is_long = any(_seconds_of_unit(unit) > _LONG for unit in held)
    short = (unit for unit in units if _seconds_of_unit(unit) < _SHORT)
    return next(short, units[0]) if is_long else units[0]


def _seconds_of_unit(unit: str) -> float:
    files = ON_ONE_INSTANCE if unit == _TOGETHER else (unit,)
    return sum(measured().get(file, 0.0) for file in files)


class FilesInTurn(LoadFileScheduling):
    """A file, or several on one instance, to each process as it is free."""

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(super()._split_scope(nodeid))

    def _reschedule(self, node) -> None:
        if self.workqueue and not node.shutting_down and not self._units_for(node):
            node.shutdown()  # journeys are left, and as many processes as shall have an instance
        else:
            super()._reschedule(node)

    def _assign_work_unit(self, node) -> None:
        held = [unit for unit, tests in self.assigned_work[node].items() if not all(tests.values())]
        unit = next_unit(self._units_for(node) or self.workqueue, held)
        self.workqueue.move_to_end(unit, last=False)
        super()._assign_work_unit(node)

    def _units_for(self, node) -> list[str]:
        journeys = [unit for unit in self.workqueue if is_journey(unit)]
        if journeys and any(is_journey(unit) for unit in self.assigned_work[node]):
            return journeys  # anything else between two of them would end its instance
        others = [units for other, units in self.assigned_work.items() if other is not node]
        started = sum(any(is_journey(unit) for unit in units) for units in others)
        return [unit for unit in self.workqueue if started < _INSTANCES or not is_journey(unit)]


class Stopwatch:
    """A plugin of pytest that writes the table anew at the end of a run."""

    def __init__(self) -> None:
        self._seconds: defaultdict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._seconds[report.nodeid.partition("::")[0]] += report.duration

    def pytest_sessionfinish(self) -> None:
        known = {name: took for name, took in measured().items() if (ROOT / name).exists()}
        rows = sorted({**known, **self._seconds}.items())
        lines = [f"{name}\t{round(took)}\n" for name, took in rows if took >= _WRITTEN]
        TABLE.write_text("".join(lines), encoding="utf-8")
