"""`vaguemestre config`: the page of every configuration key, generated from the code."""

import dataclasses
import json
from collections.abc import Mapping
from typing import Any, NamedTuple, get_args, get_type_hints

import typer

from vaguemestre.desks.backoffice.rules.meanings import MEANINGS, SECTIONS, TABLES
from vaguemestre.site.config import Config
from vaguemestre.site.config.topology import NodeSection, PodSection

app = typer.Typer(help="Configuration : la page de toutes ses clés.", no_args_is_help=True)

_TYPES = {
    str: "text",
    int: "integer",
    float: "number",
    bool: "true or false",
    tuple[str, ...]: "list of texts",
}
# Beginnings of the checks' sentences, which follow a key's name: « « quota_mb » va de 1 à 10 ».
_BEGINNINGS = ("n’est pas ", "est ", "vaut ", "va ")
_PORT_BASE = "de 1 à 63999"
_INTRODUCTION = """\
# Configuration: every key

<!-- Generated: `bin/vaguemestre config reference > docs/configuration.md`. A test compares. Do not edit. -->

The settings of an instance are read once, at start, from `vaguemestre.toml` in its home, else beside the
project. Every key has a default. An unknown key, a wrong type or a value out of bounds refuses to start (exit
code 78); `bin/vaguemestre check` shows every fault with its line and starts nothing. Administrators see the
values in use at `/administration/reglages`. The last two columns are in French, the language of that page and
of the messages of `check`.

`port_base` stands above the sections. The option `--port-base` and the variable `VAGUEMESTRE_PORT_BASE`
override it, then the number of the last start.

An installation of several académies writes `[[academy]]` once for each instead of `[academy]`, with the same
keys. The first is the principal one; the others say at least `code`, `name`, `domain` and `departments`.

An installation on several machines writes `[[node]]` once for each machine and `[[pod]]` once for each group
of mailboxes; the file is the same on all of them.
"""
_HEAD = "| key | type | default | accepts | meaning |\n|---|---|---|---|---|\n"


class Key(NamedTuple):
    """One line of the page."""

    name: str
    type: str
    default: str
    accepts: str
    meaning: str


@app.callback()
def group() -> None:
    """Keep `config` a group, whatever the number of its commands."""


@app.command()
def reference() -> None:
    """Écrit docs/configuration.md (toutes les clés) sur la sortie."""
    typer.echo(reference_page(), nl=False)


def reference_page() -> str:
    """The page, in Markdown: one table for each section, in the order of `Config`."""
    base = Key("port_base", "integer", _as_toml(Config.port_base), _PORT_BASE, MEANINGS["port_base"])
    parts = [f"{_INTRODUCTION}\n{_HEAD}{_row(base)}"]
    for name, kind in get_type_hints(Config).items():
        if dataclasses.is_dataclass(kind):
            parts += _parts(name, kind)
    for name, kind in (("node", NodeSection), ("pod", PodSection)):
        parts.append(
            f"\n## `[[{name}]]` {TABLES[name]}\n\n{_HEAD}{''.join(map(_row, _keys(name, kind, TABLES)))}"
        )
    return "".join(parts)


def _parts(name: str, kind: Any) -> list[str]:
    """The table of a section, then those of the tables inside it."""
    rows = "".join(map(_row, _keys(name, kind, MEANINGS)))
    parts = [f"\n## `[{name}]` {SECTIONS[name]}\n\n{_HEAD}{rows}"]
    for key, nested in get_type_hints(kind).items():
        if dataclasses.is_dataclass(nested):
            parts += _parts(f"{name}.{key}", nested)
    return parts


def _keys(section: str, kind: Any, meanings: Mapping[str, str]) -> list[Key]:
    hints = get_type_hints(kind, include_extras=True)
    keys = []
    for field in dataclasses.fields(kind):
        hint = hints[field.name]
        if dataclasses.is_dataclass(hints[field.name]):
            continue
        kind_of_value, *checks = get_args(hint) if hasattr(hint, "__metadata__") else (hint,)
        default = field.default_factory() if callable(field.default_factory) else field.default
        accepts = "; ".join(_accepted(check.sentence) for check in checks)
        meaning = meanings[f"{section}.{field.name}"]
        keys.append(Key(field.name, _TYPES[kind_of_value], _as_toml(default), accepts, meaning))
    return keys


def _accepted(sentence: str) -> str:
    """What a check accepts, from its sentence."""
    plain = sentence.removeprefix(": ")
    beginning = next((words for words in _BEGINNINGS if plain.startswith(words)), "")
    return plain.removeprefix(beginning)


def _as_toml(value: object) -> str:
    """A default as it would be written in the file."""
    plain = list(value) if isinstance(value, tuple) else value
    return f"`{json.dumps(plain, ensure_ascii=False)}`"


def _row(key: Key) -> str:
    cells = (f"`{key.name}`", key.type, key.default, key.accepts, key.meaning)
    return f"| {' | '.join(cell.replace('|', '\\|') for cell in cells)} |\n"
