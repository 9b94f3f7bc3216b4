"""House rules that import-linter cannot say; they read the syntax tree of every module."""

import ast
from collections.abc import Iterator
from pathlib import Path

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
    "foundation/jobs/tasks.py",
    "foundation/jobs/periodic.py",
    "foundation/push/session_watch.py",
}


def room_of(path: Path) -> str:
    """The room of a module, without its wing; outside the wings, the folder it lies in."""
    parts = path.relative_to(SOURCE).parts
    return parts[1 if parts[0] in WINGS and len(parts) > 1 else 0].removesuffix(".py")


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports_of(path: Path) -> Iterator[tuple[str, list[str], int]]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, [alias.name for alias in node.names], node.lineno
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, [], node.lineno


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
        door = SLOT_DOORS & {path.stem, path.parent.name} or room_of(path) in SLOT_ROOMS
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
    breaches = []
    for path in MODULES:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                breaches += [
                    f"{path.relative_to(SOURCE)}:{inner.lineno}"
                    for inner in ast.walk(node)
                    if isinstance(inner, (ast.Import, ast.ImportFrom))
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
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ExceptHandler) and not _raises_again(node):
                caught = ast.unparse(node.type) if node.type else "everything"
                if caught in {"everything", "Exception", "BaseException"}:
                    breaches.append(f"{path.relative_to(SOURCE)}:{node.lineno}")
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
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                shell = any(k.arg == "shell" for k in node.keywords)
                if name in banned or shell:
                    breaches.append(f"{path.relative_to(SOURCE)}:{node.lineno} calls {name}")
    assert breaches == []
