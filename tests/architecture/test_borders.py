"""What a room hands to another has a type: `dict[str, object]` tells its reader nothing."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.architecture.test_rooms import MODULES, SOURCE, tree_of

FLOORS = {"rules", "services", "queries", "ports"}
UNTYPED = {"dict[str, object]", "dict[str, Any]"}
# module:function → why nothing better can be said
EXCEPTIONS = {
    "desks/domainreports/rules/report_task.py:perform": "what the sandboxed process writes, as JSON",
    "mailbox/compose/rules/sheets/task.py:perform": "what the sandboxed process writes, as JSON",
    "foundation/jobs/queries.py:is_waiting": "the fields of any event, whatever its class",
    "foundation/jobs/queries.py:unfinished_fields": "the fields of any event, whatever its class",
}


def _public_functions(body: list[ast.stmt], within: str = "") -> Iterator[tuple[str, ast.FunctionDef]]:
    for node in body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from _public_functions(node.body, f"{within}{node.name}.")
        elif isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield f"{within}{node.name}", node


def _is_untyped(function: ast.FunctionDef) -> bool:
    every = ast.walk(function.args)
    arguments = [node.annotation for node in every if isinstance(node, ast.arg)]
    words = [ast.unparse(annotation) for annotation in (*arguments, function.returns) if annotation]
    return any(untyped in word for word in words for untyped in UNTYPED)


def untyped_functions(tree: ast.Module) -> set[str]:
    return {name for name, function in _public_functions(tree.body) if _is_untyped(function)}


def _is_floor(path: Path) -> bool:
    return bool(FLOORS & set(path.relative_to(SOURCE).with_suffix("").parts))


def test_no_dict_of_anything_crosses_a_rooms_border() -> None:
    untyped = {
        f"{path.relative_to(SOURCE)}:{name}"
        for path in MODULES
        if _is_floor(path)
        for name in untyped_functions(tree_of(path))
    }
    assert untyped - EXCEPTIONS.keys() == set(), "a TypedDict, a NamedTuple or a dataclass says what is in it"
    assert EXCEPTIONS.keys() - untyped == set(), "excepted, and typed by now"


@pytest.mark.parametrize(
    "code",
    [
        "def facts() -> dict[str, object]: ...",
        "def facts() -> list[dict[str, Any]] | None: ...",
        "def save(row: dict[str, Any]) -> None: ...",
        "class Store:\n    def save(self, *, row: dict[str, object]) -> None: ...",
    ],
)
def test_a_dict_of_anything_is_seen(code: str) -> None:
    assert untyped_functions(ast.parse(code))


@pytest.mark.parametrize(
    "code",
    [
        "def facts() -> dict[str, int]: ...",
        "def _facts() -> dict[str, object]: ...",
        "class _Store:\n    def save(self, row: dict[str, object]) -> None: ...",
    ],
)
def test_what_stays_inside_or_says_its_type_is_left_alone(code: str) -> None:
    assert not untyped_functions(ast.parse(code))
