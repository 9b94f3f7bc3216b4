"""A folder is a table of contents: with more than about a dozen modules it has subfolders."""

from collections.abc import Iterator
from pathlib import Path

from tests.architecture.test_rooms import SOURCE

MAX_MODULES = 14
SCRIPTS = SOURCE.parents[1] / "frontend" / "src"
TABLES = {
    "site/config": "one file a section of the configuration",
    "site/adapters": "one file per room that borrows from a sibling",
    "site/wiring": "one file a table of what is plugged into what",
}
FURNITURE = {  # the same in every room: they tell nothing of what else lies there
    "apps",
    "events",
    "forms",
    "handlers",
    "http",
    "models",
    "ports",
    "queries",
    "refusals",
    "rules",
    "script",
    "services",
    "urls",
    "values",
    "views",
}


def _folders(root: Path, ending: str) -> Iterator[tuple[str, int]]:
    for folder in (root, *(path for path in root.rglob("*") if path.is_dir())):
        name = folder.relative_to(root).as_posix()
        if not {"migrations", "static"} & set(folder.parts):
            modules = {path.stem for path in folder.glob(f"*{ending}")}
            yield name, len(modules - FURNITURE - {"__init__", "__main__"})


def test_no_folder_of_modules_is_a_corridor() -> None:
    crowded = {name: count for name, count in _folders(SOURCE, ".py") if count > MAX_MODULES}
    assert crowded.keys() - TABLES.keys() == set(), crowded


def test_no_folder_of_scripts_is_a_corridor() -> None:
    assert {name: count for name, count in _folders(SCRIPTS, ".js") if count > MAX_MODULES} == {}
