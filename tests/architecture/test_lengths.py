"""No module, class or function of ours is longer than a reader holds in mind at once."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import vaguemestre

SOURCES = Path(vaguemestre.__file__).parent
MODULES = [path for path in sorted(SOURCES.rglob("*.py")) if "migrations" not in path.parts]
MOST_LINES = {ast.Module: 300, ast.ClassDef: 200, ast.FunctionDef: 40, ast.AsyncFunctionDef: 40}


@cache
def lengths() -> tuple[tuple[str, type[ast.AST], int], ...]:
    """(where, kind, lines) of each module, class and function."""
    return tuple(length for path in MODULES for length in _lengths_in(path))


def _lengths_in(path: Path) -> Iterator[tuple[str, type[ast.AST], int]]:
    text, place = path.read_text("utf-8"), str(path.relative_to(SOURCES))
    yield place, ast.Module, text.count("\n")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{place}: {node.name}", type(node), (node.end_lineno or 0) - node.lineno + 1


@pytest.mark.parametrize("kind", MOST_LINES, ids=lambda kind: kind.__name__)
def test_nothing_is_longer_than_the_house_allows(kind: type[ast.AST]) -> None:
    most = MOST_LINES[kind]
    assert [(place, lines) for place, found, lines in lengths() if found is kind and lines > most] == []
    assert any(found is kind for _, found, _ in lengths())


def test_no_script_is_longer_than_the_house_allows() -> None:
    scripts = sorted((SOURCES.parents[1] / "frontend" / "src").rglob("*.js"))
    lengths = {path.name: path.read_text("utf-8").count("\n") for path in scripts}
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES[ast.Module]} == {}
    assert lengths
