"""What the pages of alarms tell to type exists: commands with their options, units of the installation."""

import importlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer.main
from tests.processes.production.test_units import CHILDREN, CONFIG, RELEASE

from vaguemestre.cli.main import ENTRIES, program
from vaguemestre.desks.operations.rules.advice import ADVICE
from vaguemestre.processes.production.running_check import verdicts
from vaguemestre.processes.production.units.units import unit_files

_OPERATIONS = Path(__file__).resolve().parents[3] / "docs" / "operations"
_PAGES = (*sorted((_OPERATIONS / "alerts").glob("*.md")), _OPERATIONS / "watching.md")
TEXTS = {page.stem: page.read_text(encoding="utf-8") for page in _PAGES} | {
    f"que-faire/{name}": " ".join((advice.meaning, *advice.steps)) for name, advice in ADVICE.items()
}
_TYPED = re.compile(r"`([^`]+)`")
_COMMAND = re.compile(r"(?<![\w/.-])(?<!-d )vaguemestre ([a-z][^|();«»]*)")
_UNIT = re.compile(r"(?<![\w./-])vaguemestre-([a-z0-9]+(?:-[a-z0-9]+)*)(?![\w.]*[\w*])")


def typed(text: str) -> Iterator[str]:
    """What stands between backquotes, each on one line."""
    yield from (" ".join(span.split()) for span in _TYPED.findall(text))


def commands_of(text: str) -> list[str]:
    return [found.strip() for span in typed(text) for found in _COMMAND.findall(span)]


@cache
def command(name: str) -> Any:
    """Typer's, or None."""
    entry = next((entry for entry in ENTRIES if entry.name == name), None)
    if entry is None:
        return None
    importlib.import_module(entry.module)
    return vars(typer.main.get_command(program(entry)))["commands"][name]


def wrong(line: str) -> str:
    """What of a command does not exist; empty if it all does."""
    name, *words = line.split()
    asked = command(name)
    if words and (below := getattr(asked, "commands", None)):
        asked = below.get(words.pop(0))
    if asked is None:
        return line
    known = {option for param in asked.params for option in (*param.opts, *param.secondary_opts)}
    return " ".join(word for word in words if word.startswith("--") and word not in known)


@pytest.mark.parametrize("name", TEXTS)
def test_commands_of_a_page_exist_with_their_options(name: str) -> None:
    assert {line: wrong(line) for line in commands_of(TEXTS[name]) if wrong(line)} == {}


@pytest.mark.parametrize("name", TEXTS)
def test_units_of_a_page_are_made_by_the_installation(name: str) -> None:
    made = {file.name.rpartition(".")[0] for file in unit_files(CONFIG, CHILDREN, RELEASE)} | {
        "vaguemestre-backup", "vaguemestre-backup-prune", "vaguemestre-logs",
    }  # fmt: skip
    named = {f"vaguemestre-{unit}" for span in typed(TEXTS[name]) for unit in _UNIT.findall(span)}
    assert named - made == set()


def test_what_is_wrong_is_seen() -> None:
    assert wrong("backup --prune") == ""
    assert wrong("queue list --to DOMAIN") == ""
    assert wrong("queue show") == "queue show"
    assert wrong("jobs list --all-of-them") == "--all-of-them"
    assert commands_of("`vaguemestre queue\n   retry $(vaguemestre queue list --to D | awk x)`, `a`") == [
        "queue retry $", "queue list --to D",
    ]  # fmt: skip


def test_pages_named_by_the_live_check_are_there() -> None:
    remedies = (*verdicts._REMEDIES.values(), verdicts.judge_part("jobs", "warning", "").remedy)
    named = set(re.findall(r"docs/operations/alerts/([a-z-]+)\.md", " ".join(remedies)))
    assert {"part-down", "log-silent", "jobs-late"} <= named
    assert named <= set(TEXTS)
