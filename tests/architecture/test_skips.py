"""Tests are skipped for the reasons named here; without a program that `bin/test` installs they fail."""

import ast
import re
from collections.abc import Iterator

import pytest
from tests.architecture.test_rooms import TESTS, tree_of

REASONS = {
    "bin/test --long",
    "this run is on SQLite",  # bin/test --postgres
    "this run is on PostgreSQL",  # whose disk is not filled; its error code is tried instead
    "this machine mounts nothing",  # a container without the right to mount
}
_SKIPS = frozenset({"skip", "skipif", "importorskip", "xfail", "skipTest"})
_A_SKIP = re.compile("|".join(_SKIPS))  # most files have none: they are not parsed


def _skips(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _SKIPS:
            yield node


def _reason(call: ast.Call) -> str:
    said = [word.value for word in call.keywords if word.arg == "reason"] or call.args[:1]
    return ast.literal_eval(said[0]) if said and isinstance(said[0], ast.Constant) else ast.unparse(call)


def _is_for_a_program(call: ast.Call) -> bool:
    """Whether a program or module that is looked for decides."""
    words = {node.attr for node in ast.walk(call) if isinstance(node, ast.Attribute)}
    return bool(words & {"which", "exists", "importorskip", "find_spec"})


@pytest.mark.heavy
def test_tests_are_skipped_for_known_reasons_only() -> None:
    breaches = [
        f"{path.relative_to(TESTS)}:{call.lineno}: {ast.unparse(call)}"
        for path in sorted(TESTS.rglob("*.py"))
        if _A_SKIP.search(path.read_text(encoding="utf-8"))
        for call in _skips(tree_of(path))
        if _reason(call) not in REASONS or _is_for_a_program(call)
    ]
    assert breaches == []


def test_a_skip_for_a_missing_program_is_seen() -> None:
    code = """
@pytest.mark.skipif(not shutil.which("x"), reason="bin/test --long")
@pytest.mark.skipif(not LONG, reason="bin/test --long")
def test_it():
    pytest.importorskip("x")
"""
    calls = list(_skips(ast.parse(code)))
    assert [_is_for_a_program(call) for call in calls] == [True, False, True]
