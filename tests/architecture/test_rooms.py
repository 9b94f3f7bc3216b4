"""House rules that import-linter cannot say; they read the syntax tree of every module."""

import ast
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "vaguemestre"
TESTS = SOURCE.parents[1] / "tests"
MODULES = sorted(p for p in SOURCE.rglob("*.py") if "migrations" not in p.parts)
WINGS = ("foundation", "people", "access", "post", "schools", "mailbox", "desks")
OUTSIDE = sorted(p.parent for p in SOURCE.glob("*/__init__.py") if p.parent.name not in WINGS)
ROOMS = sorted(p.parent for wing in WINGS for p in (SOURCE / wing).glob("*/__init__.py"))
BANNED_NAMES = {"utils", "helpers", "common", "misc", "tools", "base", "manager", "lib"}
SLOT_DOORS = {"views", "http", "handlers", "wiring", "apps", "middleware"}
SLOT_ROOMS = {"cli", "demo", "processes", "site"}
CATCH_ALL_ROOMS = {"cli"}
CATCH_ALL_FILES = {  # loops that outlive what they run, each failure logged and tried again
    "foundation/jobs/lease.py",
    "foundation/jobs/tasks.py",
    "foundation/jobs/periodic.py",
    "foundation/jobs/worker.py",
    "foundation/live_push/session_watch.py",
    "processes/collector.py",
    "processes/postfix/submission_policy.py",
}


def room_of(path: Path) -> str:
    """The room of a module, without its wing; outside the wings, the folder it lies in."""
    parts = path.relative_to(SOURCE).parts
    return parts[1 if parts[0] in WINGS and len(parts) > 1 else 0].removesuffix(".py")


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


class Import(NamedTuple):
    module: str
    names: list[str]
    line: int


@dataclass
class Facts:
    """What the rules below ask of a module, from one reading of it."""

    imports: list[Import] = field(default_factory=list)
    late_imports: set[int] = field(default_factory=set)  # lines
    caught: list[tuple[int, str]] = field(default_factory=list)  # not raised again
    calls: list[tuple[int, str, bool]] = field(default_factory=list)  # the last: with `shell=`


@cache
def facts_of(path: Path) -> Facts:
    facts = Facts()
    for node, is_late in _walk(tree_of(path)):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            facts.imports += _imports(node)
            facts.late_imports |= {node.lineno} if is_late else set()
        elif isinstance(node, ast.ExceptHandler) and not _raises_again(node):
            facts.caught.append((node.lineno, ast.unparse(node.type) if node.type else "everything"))
        elif isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            facts.calls.append((node.lineno, name, any(k.arg == "shell" for k in node.keywords)))
    return facts


def _walk(tree: ast.AST) -> Iterator[tuple[ast.AST, bool]]:
    """Each node in the order of `ast.walk`, and whether it stands in a function."""
    waiting = deque([(tree, False)])
    while waiting:
        node, is_late = waiting.popleft()
        yield node, is_late
        is_late = is_late or isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        waiting += [(child, is_late) for child in ast.iter_child_nodes(node)]


def _imports(node: ast.Import | ast.ImportFrom) -> list[Import]:
    if isinstance(node, ast.Import):
        return [Import(alias.name, [], node.lineno) for alias in node.names]
    return [Import(node.module, [alias.name for alias in node.names], node.lineno)] if node.module else []


def imports_of(path: Path) -> list[Import]:
    return facts_of(path).imports


def test_no_room_reads_another_rooms_tables() -> None:
    breaches = []
    for path in MODULES:
        if path.stem == "models":  # a foreign key may point down
            continue
        for module, _, line in imports_of(path):
            parts = module.split(".")
            if parts[0] == "vaguemestre" and "models" in parts[3:4] and parts[2] != room_of(path):
                breaches.append(f"{path.relative_to(SOURCE)}:{line} imports {module}")
    assert breaches == []


def test_slots_are_fetched_by_doors_only() -> None:
    breaches = []
    for path in MODULES:
        door = SLOT_DOORS & {path.stem, *path.relative_to(SOURCE).parts} or room_of(path) in SLOT_ROOMS
        for module, names, line in imports_of(path):
            if not module.endswith(".ports") or door or (room_of(path) == "jobs" and ".jobs." in module):
                continue
            slots = [name for name in names if name[0].islower()]
            if slots:
                breaches.append(f"{path.relative_to(SOURCE)}:{line} fetches {slots}")
    assert breaches == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    names = [*MODULES, *(p for p in SOURCE.rglob("*") if p.is_dir())]
    assert [str(p.relative_to(SOURCE)) for p in names if p.stem in BANNED_NAMES] == []


def test_imports_stand_at_the_top() -> None:
    breaches = [
        f"{path.relative_to(SOURCE)}:{line}" for path in MODULES for line in facts_of(path).late_imports
    ]
    assert breaches == []


def _raises_again(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def test_nobody_swallows_every_exception() -> None:
    breaches = []
    for path in MODULES:
        if room_of(path) in CATCH_ALL_ROOMS or str(path.relative_to(SOURCE)) in CATCH_ALL_FILES:
            continue
        for line, caught in facts_of(path).caught:
            if caught in {"everything", "Exception", "BaseException"}:
                breaches.append(f"{path.relative_to(SOURCE)}:{line}")
    assert breaches == []


@pytest.mark.parametrize("room", [*ROOMS, *OUTSIDE], ids=lambda p: p.name)
def test_a_room_presents_itself_and_is_tested(room: Path) -> None:
    assert (room / "README.md").is_file(), "each room has a README.md of about ten lines"
    assert (TESTS / room.relative_to(SOURCE)).is_dir(), "each room has its mirror in tests/"


@pytest.mark.parametrize("wing", WINGS)
def test_a_wing_presents_its_rooms_and_holds_nothing_else(wing: str) -> None:
    readme = (SOURCE / wing / "README.md").read_text(encoding="utf-8")
    rooms = {room.name for room in ROOMS if room.parent.name == wing}
    assert {room for room in rooms if f"`{room}`" not in readme} == set()
    assert {p.name for p in (SOURCE / wing).iterdir()} - rooms <= {"README.md", "__init__.py", "__pycache__"}


def test_nothing_dangerous_is_called() -> None:
    """No shell, no pickle, no eval, no unsafe marking of HTML (docs/security.md rules C, F, H)."""
    banned = {"eval", "exec", "mark_safe", "system", "popen"}
    breaches = []
    for path in MODULES:
        for module, _, line in imports_of(path):
            if module.split(".")[0] in {"pickle", "marshal", "shelve"}:
                breaches.append(f"{path.relative_to(SOURCE)}:{line} imports {module}")
        for line, name, shell in facts_of(path).calls:
            if name in banned or shell:
                breaches.append(f"{path.relative_to(SOURCE)}:{line} calls {name}")
    assert breaches == []
