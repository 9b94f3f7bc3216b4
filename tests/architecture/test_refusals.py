"""Each refusal has its sentence in the room that raises it, and each sentence has its refusal."""

import ast
import importlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import merge_sentences, sentence

SOURCE = Path(__file__).resolve().parents[2] / "src" / "vaguemestre"
FILES = sorted(SOURCE.rglob("refusals.py"))
type Trees = Mapping[Path, ast.Module]
# What carries a code to whoever shows it, besides refusals: a value, and what finds no row to lock.
CARRIERS = {"Denied", "locked_row"}
# Codes written into the journal have the same form and need no sentence here.
JOURNAL = {"record", "record_many"}
# The file's name, known and added by whoever opened it.
ADDED_LATER = {"portability": {"name"}, "intake": {"of"}}
_CODE = re.compile(r"[a-z]+(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)")
_FACT = re.compile(r"%\((\w+)\)s")


class Raised(NamedTuple):
    place: str
    code: str
    facts: frozenset[str] | None  # None: some are passed with **


def sentences() -> dict[Path, Mapping[str, str]]:
    """File → the sentences it keeps."""
    names = {
        path: ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts)
        for path in FILES
        if path.parent.name != "ui"
    }
    return {path: importlib.import_module(name).SENTENCES for path, name in names.items()}


BY_FILE = sentences()
BY_CODE = merge_sentences(BY_FILE.values())


@pytest.fixture(scope="module")
def trees() -> Trees:
    """What is parsed here is large: it is let go after these tests."""
    return {
        path: ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(SOURCE.rglob("*.py"))
        if path not in FILES and "migrations" not in path.parts
    }


def refusal_classes(trees: Trees) -> set[str]:
    """`Refusal` and every class of the source that descends from it, by name."""
    names = {"Refusal"}
    classes = [n for tree in trees.values() for n in ast.walk(tree) if isinstance(n, ast.ClassDef)]
    while True:
        more = {n.name for n in classes if names & {_name_of(base) for base in n.bases}}
        if more <= names:
            return names
        names |= more


def _name_of(node: ast.expr) -> str:
    return getattr(node, "id", getattr(node, "attr", ""))


def calls(tree: ast.Module, refusals: set[str]) -> Iterator[ast.Call]:
    """What makes a refusal: `Refusal(…)`, one of its subclasses, or `super().__init__(…)` in one of them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name_of(node.func) in refusals | CARRIERS:
            yield node
        if isinstance(node, ast.ClassDef) and node.name in refusals - {"Refusal"}:
            yield from (
                inner
                for inner in ast.walk(node)
                if isinstance(inner, ast.Call) and _name_of(inner.func) == "__init__"
            )


def codes_in(node: ast.expr) -> Iterator[str]:
    """Codes written out in an argument: alone, on both sides of an `if`, or given to a function."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str) and _CODE.fullmatch(inner.value):
            yield inner.value


def raised_in(trees: Trees) -> Iterator[Raised]:
    refusals = refusal_classes(trees)
    for path, tree in trees.items():
        for call in calls(tree, refusals):
            names = [keyword.arg for keyword in call.keywords]
            known = None if None in names else frozenset(name for name in names if name)
            facts = known if _name_of(call.func) in refusals else None
            for argument in call.args:
                for code in codes_in(argument):
                    yield Raised(f"{path.relative_to(SOURCE)}:{call.lineno}", code, facts)


@pytest.fixture(scope="module")
def raised(trees: Trees) -> list[Raised]:
    return list(raised_in(trees))


def written_codes(trees: Trees) -> set[str]:
    """Every text of the source that could be a code, but those given to the journal."""
    found: set[str] = set()
    for tree in trees.values():
        journal = {
            id(inner)
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and _name_of(node.func) in JOURNAL
            for argument in node.args[:1]
            for inner in ast.walk(argument)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in journal:
                found |= {node.value, *node.value.split()} & BY_CODE.keys() if "." in node.value else set()
            if isinstance(node, ast.JoinedStr) and isinstance(first := node.values[0], ast.Constant):
                start = str(first.value)
                if "." in start:
                    found |= {code for code in BY_CODE if code.startswith(start)}
    return found


@pytest.mark.heavy
def test_every_refusal_has_a_sentence(raised: list[Raised]) -> None:
    assert len(raised) > 300
    assert sorted(f"{one.place} {one.code}" for one in raised if one.code not in BY_CODE) == []


@pytest.mark.heavy
def test_every_sentence_has_a_refusal(trees: Trees) -> None:
    assert sorted(BY_CODE.keys() - written_codes(trees)) == []


def missing_facts(one: Raised) -> set[str]:
    """The facts that its sentence needs and this refusal does not give."""
    needed = set(_FACT.findall(BY_CODE.get(one.code, "")))
    given = needed if one.facts is None else one.facts
    return needed - given - ADDED_LATER.get(one.code.partition(".")[0], set())


@pytest.mark.heavy
def test_every_refusal_gives_the_facts_of_its_sentence(raised: list[Raised]) -> None:
    faults = [
        f"{one.place} {one.code}: {sorted(missing)}" for one in raised if (missing := missing_facts(one))
    ]
    assert sorted(faults) == []


@pytest.mark.parametrize("file", BY_FILE, ids=lambda path: path.parent.name)
def test_a_room_keeps_its_own_sentences(file: Path) -> None:
    room = file.parent.name
    assert [code for code in BY_FILE[file] if not code.startswith(f"{room}.")] == []


def test_the_instance_knows_every_sentence() -> None:
    facts = {name: "x" for text in BY_CODE.values() for name in _FACT.findall(text)}
    for code, text in BY_CODE.items():
        assert sentence(Refusal(code, **facts)) == text % facts


def test_two_rooms_cannot_keep_the_same_code() -> None:
    with pytest.raises(ValueError, match=re.escape("lists.gone")):
        merge_sentences(({"lists.gone": "Un."}, {"lists.gone": "Deux."}))


def test_each_sentence_is_filled_in_the_way_of_all() -> None:
    """A fact in braces would be shown as it is written."""
    assert [code for code, words in BY_CODE.items() if re.search(r"\{\w*\}", words)] == []
