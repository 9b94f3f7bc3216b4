"""No module, class or function of ours is longer than a reader holds in mind at once."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import vaguemestre

SOURCES = Path(vaguemestre.__file__).parent
MODULES = [path for path in sorted(SOURCES.rglob("*.py")) if "migrations" not in path.parts]
MAX_LINES = {ast.Module: 300, ast.ClassDef: 200, ast.FunctionDef: 40, ast.AsyncFunctionDef: 40}


@cache
def lengths() -> tuple[tuple[str, type[ast.AST], int], ...]:
    """(where, kind, lines) of each module, class and function."""
    return tuple(length for path in MODULES for length in _lengths_in(path))


def _lengths_in(path: Path) -> Iterator[tuple[str, type[ast.AST], int]]:
    text, place = path.read_text("utf-8"), str(path.relative_to(SOURCES))
    yield place, ast.Module, text.count("\n")
    for node in _statements(ast.parse(text)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{place}: {node.name}", type(node), (node.end_lineno or 0) - node.lineno + 1


def _statements(inside: ast.AST) -> Iterator[ast.stmt]:
    """At any depth. Expressions, nine nodes of ten, hold neither class nor function with a name."""
    for name in ("body", "orelse", "handlers", "finalbody", "cases"):
        for node in getattr(inside, name, ()):
            if isinstance(node, ast.stmt):
                yield node
            yield from _statements(node)


@pytest.mark.parametrize("kind", MAX_LINES, ids=lambda kind: kind.__name__)
def test_nothing_is_longer_than_the_house_allows(kind: type[ast.AST]) -> None:
    most = MAX_LINES[kind]
    assert [(place, lines) for place, found, lines in lengths() if found is kind and lines > most] == []
    assert any(found is kind for _, found, _ in lengths())


def test_a_function_is_found_wherever_a_statement_may_stand() -> None:
    text = """
class A:
    def b(self):
        if c: pass
        else:
            with d:
                def e(): pass
        try: pass
        except f:
            async def g(): pass
        else:
            def h(): pass
        finally:
            for i in j:
                def k(): pass
        match l:
            case 1:
                def m(): pass
"""
    named = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    found = {node.name for node in _statements(ast.parse(text)) if isinstance(node, named)}
    assert (
        found
        == {node.name for node in ast.walk(ast.parse(text)) if isinstance(node, named)}
        == set("Abeghkm")
    )


def test_no_script_is_longer_than_the_house_allows() -> None:
    scripts = sorted((SOURCES.parents[1] / "frontend" / "src").rglob("*.js"))
    lengths = {path.name: path.read_text("utf-8").count("\n") for path in scripts}
    assert {name: lines for name, lines in lengths.items() if lines > MAX_LINES[ast.Module]} == {}
    assert lengths
