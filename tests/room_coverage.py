"""Which lines of its rules and services each room's own tests run, printed at the end of a whole run.

A line of `post/outbox/rules` counts once a test of `tests/post/outbox` runs it in this process: that a test
of another room passes there guards nothing. Each line is noted once a room (`sys.monitoring`), so that a run
takes no longer. `VAGUEMESTRE_ROOM_COVERAGE`: `floor` prints the figures and fails a run with a room below
FLOOR among those HELD to it; `figures` prints them and fails nothing, as on PostgreSQL, where the lines for
SQLite do not run; `lines` prints, of the rooms whose tests ran, the lines that none ran, and fails nothing.
Nothing is done without it.
"""

import atexit
import os
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple

import pytest
from coverage.parser import PythonParser

FLOOR = 95.0  # percent of the lines of a room
# Rooms held to the floor by a whole run. It only grows: a room seen above the floor is put in.
HELD = frozenset(
    """
    access/assistant access/signin access/sso/cas access/sso/headers access/sso/oidc access/sso/registry
    access/sso/saml
    demo
    desks/backoffice desks/breaches desks/bulk desks/domainreports desks/enrolment desks/firstday
    desks/helpdesk
    desks/inventory desks/operations desks/phonebook desks/portal desks/removals desks/schoolstaff
    desks/staffsearch
    foundation/cluster foundation/jobs foundation/journal foundation/live_push
    mailbox/autoconfig mailbox/calendar mailbox/compose mailbox/contacts mailbox/portability mailbox/sorting
    mailbox/webmail
    people/credentials people/directory people/intake people/lifecycle people/provisioning
    people/paragraphs people/service_classes
    post/dkim post/filelinks post/outbox post/quarantine post/redirects post/reports post/trace post/tracking
    processes/production/capacity
    schools/lists schools/rosters schools/sharing
    """.split()  # noqa: SIM905 - read at a glance
)
SOURCES = Path(__file__).resolve().parents[1] / "src" / "vaguemestre"
TESTS = Path(__file__).resolve().parent

_PARTS = ("rules", "services")
_TOOL = 4  # of sys.monitoring; those below belong to debuggers and to coverage
_CO_OPTIMIZED = 1  # a function: what modules and classes run is run by importing them
_EVENTS = sys.monitoring.events

type Lines = dict[str, set[int]]  # path → line numbers


class RoomFigure(NamedTuple):
    """`lines` of rules and services, and by file those that no test of the room runs."""

    room: str
    lines: int
    missed: Mapping[str, list[int]]

    @property
    def percent(self) -> float:
        return 100 * (1 - sum(map(len, self.missed.values())) / self.lines)


class RoomCoverage:
    """A plugin of pytest: one in each process of xdist's, which hand theirs to the one that prints."""

    def __init__(self, mode: str) -> None:
        self._mode = mode
        self._lines: defaultdict[str, Lines] = defaultdict(lambda: defaultdict(set))  # by room
        self._room = ""

    def watch(self) -> None:
        """Note lines from now on, until the process ends."""
        sys.monitoring.use_tool_id(_TOOL, "rooms")
        sys.monitoring.register_callback(_TOOL, _EVENTS.PY_START, self._on_start)
        sys.monitoring.register_callback(_TOOL, _EVENTS.LINE, self._on_line)
        sys.monitoring.set_events(_TOOL, _EVENTS.PY_START)
        atexit.register(self.pytest_unconfigure)  # a process that a test forked ends without pytest

    def pytest_unconfigure(self) -> None:
        for event in (_EVENTS.PY_START, _EVENTS.LINE):  # what runs while Python ends finds nothing of ours
            sys.monitoring.register_callback(_TOOL, event, None)

    def _on_start(self, code: CodeType, offset: int) -> object:
        if is_counted(code.co_filename):
            sys.monitoring.set_local_events(_TOOL, code, _EVENTS.LINE)
        return sys.monitoring.DISABLE

    def _on_line(self, code: CodeType, line: int) -> object:
        self._lines[self._room][code.co_filename].add(line)
        return sys.monitoring.DISABLE

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> None:
        room = str(item.path.parent.relative_to(TESTS)) if item.path.is_relative_to(TESTS) else ""
        if room != self._room:
            self._room = room
            sys.monitoring.restart_events()

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        for room, files in getattr(node, "workeroutput", {}).get("room_lines", {}).items():
            for path, lines in files.items():
                self._lines[room][path] |= set(lines)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput["room_lines"] = {
                room: {path: sorted(lines) for path, lines in files.items()}
                for room, files in dict(self._lines).items()
            }

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if "PYTEST_XDIST_WORKER" in os.environ:  # each of them ran a part
            return
        figures = room_figures(self._lines)
        terminalreporter.section("règles et services : lignes que les tests de leur pièce exécutent")
        if self._mode == "lines":
            terminalreporter.write_line("\n".join(_missed_lines(figures, self._lines)))
            return
        terminalreporter.write_line("\n".join(f"{row.percent:5.1f} %  {row.room}" for row in figures))
        if self._mode == "figures":
            return
        if low := [row.room for row in figures if row.percent < FLOOR and row.room in HELD]:
            told = f"moins de {FLOOR:.0f} % dans {', '.join(low)}"
            terminalreporter.write_line(f"RATÉ : {told}")
            if failed := os.environ.get("VAGUEMESTRE_FAILED"):  # what bin/test says last
                with Path(failed).open("a", encoding="utf-8") as file:
                    file.write(f"règles et services, {told}\n")
            terminalreporter._session.exitstatus = pytest.ExitCode.TESTS_FAILED


def is_counted(path: str) -> bool:
    """Whether a file belongs to the rules or the services of a room of ours."""
    return bool(_room_of(path))


def _room_of(path: str) -> str:
    """`post/outbox` of `…/post/outbox/rules/due.py`; empty for a file that is neither rule nor service."""
    if not path.startswith(str(SOURCES)):
        return ""
    parts = Path(path).relative_to(SOURCES).with_suffix("").parts
    place = next((number for number, part in enumerate(parts) if part in _PARTS), 0)
    return "" if "views" in parts else "/".join(parts[:place])


def room_figures(lines_of: Mapping[str, Lines]) -> list[RoomFigure]:
    """The figure of each room, in order. `lines_of`: what the tests of each folder ran."""
    files: defaultdict[str, list[Path]] = defaultdict(list)
    for path in sorted(SOURCES.rglob("*.py")):
        if room := _room_of(str(path)):
            files[room].append(path)
    return [_figure(room, paths, lines_of) for room, paths in sorted(files.items())]


def _figure(room: str, paths: Iterable[Path], lines_of: Mapping[str, Lines]) -> RoomFigure:
    count, missed = 0, dict[str, list[int]]()
    folders = [lines for folder, lines in lines_of.items() if f"{folder}/".startswith(f"{room}/")]
    for path in paths:
        ran = set[int]().union(*(lines.get(str(path), ()) for lines in folders))
        parser = _parsed(path)
        count += len(parser.statements)
        if missing := parser.statements - parser.translate_lines(ran | _imported_lines(path)):
            missed[str(path.relative_to(SOURCES))] = sorted(missing)
    return RoomFigure(room, max(count, 1), missed)


@cache
def _parsed(path: Path) -> PythonParser:
    parser = PythonParser(filename=str(path))
    parser.parse_source()
    return parser


@cache
def _imported_lines(path: Path) -> set[int]:
    """The lines that importing a module runs: those outside its functions."""
    return {
        line
        for code in _codes(compile(path.read_text("utf-8"), str(path), "exec"))
        if not code.co_flags & _CO_OPTIMIZED
        for _, _, line in code.co_lines()
        if line
    }


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _missed_lines(figures: Iterable[RoomFigure], lines_of: Mapping[str, Lines]) -> Iterator[str]:
    """Rooms whose tests ran, and under each its files with the lines that no test of the room ran."""
    for row in figures:
        if any(f"{folder}/".startswith(f"{row.room}/") for folder in lines_of):
            yield f"{row.percent:5.1f} %  {row.room}"
            yield from (
                f"         {path} : {', '.join(map(str, lines))}" for path, lines in row.missed.items()
            )


def plugin() -> RoomCoverage | None:
    """The plugin that the run asks for, if it does."""
    mode = os.environ.get("VAGUEMESTRE_ROOM_COVERAGE", "")
    if mode not in ("floor", "figures", "lines"):
        return None
    coverage = RoomCoverage(mode)
    coverage.watch()
    return coverage
