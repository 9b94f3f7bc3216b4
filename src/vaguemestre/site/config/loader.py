"""`vaguemestre.toml` → `Config`, and each of its faults with its line."""

import contextlib
import json
import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple, get_type_hints

from vaguemestre.foundation.kernel.text.os_errors import os_error_fr
from vaguemestre.foundation.kernel.text.toml_errors import toml_error
from vaguemestre.site.config.academies import academies_of
from vaguemestre.site.config.completion import complete_config
from vaguemestre.site.config.faults import Fault
from vaguemestre.site.config.instance import SECTIONS, Config
from vaguemestre.site.config.section_keys import is_table, perhaps, read_section, wrong_keys
from vaguemestre.site.config.topology import topology_of

PROJECT = Path(__file__).resolve().parents[4]
INSTALLED = Path("/etc/vaguemestre/vaguemestre.toml")  # where bin/install lays it

_MAX_SYNTAX_ERRORS = 20
_KEY_AT_START = re.compile(r"\s*[\w-]+\s*=")


class ConfigWrong(Exception):
    """The configuration cannot be used: one French sentence per fault, each on its line (exit code 78)."""


class CheckedConfig(NamedTuple):
    """A file read: the configuration with every faulty key at its default, its faults, where its keys are."""

    config: Config
    faults: list[Fault]
    lines: dict[str, int]
    file: Path


class Parsed(NamedTuple):
    """A file read: its keys, its lines (those that cannot be read are emptied) and its syntax errors."""

    given: dict[str, Any]
    lines: list[str]
    faults: list[Fault]


def load(home: Path | None = None, port_base: int | None = None) -> Config:
    """Return the configuration of an instance. Raises ConfigWrong with every fault of its file."""
    checked = read(home, port_base)
    refuse(checked.file, checked.faults)
    return checked.config


def refuse(file: Path, faults: Iterable[Fault]) -> None:
    """Raises ConfigWrong when there are any, in the order of the file."""
    if lines := [_written(fault, file) for fault in sorted(set(faults))]:
        raise ConfigWrong("\n".join(lines))


def read(home: Path | None = None, port_base: int | None = None) -> CheckedConfig:
    """Read the configuration of an instance and its faults.

    The file is `VAGUEMESTRE_CONFIG`, else `vaguemestre.toml` in the home, else beside the project, else
    defaults; the installed one means what bin/install makes of it. The home comes from the argument,
    `VAGUEMESTRE_HOME`, or `var/`; the port base from the argument, `VAGUEMESTRE_PORT_BASE`, the last start
    (`run/instance.json`), the file, or 8000. Raises ConfigWrong for a file that cannot be opened.
    """
    home = (home or Path(os.environ.get("VAGUEMESTRE_HOME") or PROJECT / "var")).resolve()
    file = _file_of(home)
    parsed = _parsed(_whole_text_of(file)) if file else Parsed({}, [], [])
    base = port_base if port_base is not None else _known_port_base(home)
    lines = _lines_of_keys(parsed.lines) if parsed.given else {}
    return CheckedConfig(*_read(parsed, lines, home, base), lines, file or home)


def _file_of(home: Path) -> Path | None:
    """The configuration file. A named one that is not there is a fault, not an empty configuration."""
    if named := os.environ.get("VAGUEMESTRE_CONFIG"):
        return Path(named)
    return next((f for f in (home / "vaguemestre.toml", PROJECT / "vaguemestre.toml") if f.is_file()), None)


def _read(
    parsed: Parsed, lines: dict[str, int], home: Path, port_base: int | None
) -> tuple[Config, list[Fault]]:
    tables, faults, wrong = dict(parsed.given), list(parsed.faults), set[str]()
    base = port_base if port_base is not None else tables.get("port_base", Config.port_base)
    tables.pop("port_base", None)
    if not isinstance(base, int) or isinstance(base, bool) or not 0 < base < 64000:
        faults.append(Fault(lines.get("port_base", 0), "« port_base » doit être un nombre entre 1 et 63999"))
        base = Config.port_base
    sections: dict[str, Any] = {}
    tables, sections["further_academies"] = academies_of(tables, lines, faults, wrong)
    sections["topology"] = topology_of(tables, lines, faults, wrong)
    for section, kind in get_type_hints(Config).items():
        if section in SECTIONS:
            keys = tables.pop(section, {})
            problems = dict(wrong_keys(section, kind, keys))
            faults += [
                Fault(lines.get(key) or lines.get(key.rpartition(".")[0], 0), words)
                for key, words in problems.items()
            ]
            wrong |= set(problems)
            sections[section] = read_section(section, kind, keys, wrong)
            has_domain = is_table(keys) and "domain" in keys and "academy.domain" not in wrong
            if section == "academy" and not has_domain:
                sections[section] = sections[section].with_demonstration_desk()
    faults += [Fault(lines.get(key, 0), f"clé inconnue « {key} »{perhaps(key, SECTIONS)}") for key in tables]
    config = _with_pod(Config(home=home, port_base=base, **sections), faults)
    for rule in config.broken_rules():
        if not wrong.intersection(rule.keys) and (lines or not parsed.faults):
            faults.append(Fault(_first_line(lines, rule.keys), rule.sentence))
    return config, faults


def _with_pod(config: Config, faults: list[Fault]) -> Config:
    """The configuration with the pod whose engines this process runs: as named, or of its machine."""
    named = os.environ.get("VAGUEMESTRE_POD", "")
    if named and config.topology.pod_named(named) is None:
        faults.append(Fault(0, f"VAGUEMESTRE_POD : aucun [[pod]] ne s’appelle « {named} »"))
    kept = config.topology.pod_kept_by(config.machine)
    return replace(config, served_pod=named or (kept.name if kept else ""))


def _written(fault: Fault, file: Path) -> str:
    place = f"{file}, ligne {fault.line}" if fault.line else f"{file}"
    return f"{place} : {fault.sentence}."


def _whole_text_of(file: Path) -> str:
    """Laid anew without its database, the installed file would name an empty one until bin/install runs."""
    text = _text_of(file)
    with contextlib.suppress(tomllib.TOMLDecodeError):  # told with the other faults
        return complete_config(text) if file == INSTALLED else text
    return text


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigWrong(f"{file} ne peut pas être lu : il n’est pas écrit en UTF-8.") from error
    except OSError as error:
        raise ConfigWrong(f"{file} ne peut pas être lu : {os_error_fr(error)}.") from error


def _parsed(text: str) -> Parsed:
    """Parse the file, skipping each unreadable `key = …` line so that all faults are reported at once.

    Nothing is given when a section's name or a text over several lines is at fault: the keys below it
    belong nowhere.
    """
    lines = text.splitlines()
    faults: list[Fault] = []
    while len(faults) < _MAX_SYNTAX_ERRORS:
        try:
            return Parsed(tomllib.loads("\n".join(lines)), lines, faults)
        except tomllib.TOMLDecodeError as error:
            line, sentence = toml_error(error, text)
        faults.append(Fault(line, f"le fichier ne peut pas être lu : {sentence}"))
        if not _KEY_AT_START.match(lines[line - 1]):
            break
        lines[line - 1] = ""
    return Parsed({}, [], faults)


def _lines_of_keys(lines: list[str]) -> dict[str, int]:
    """`section.key` (and `section`) → its line, from 1: the first one with which the reader knows it."""
    places: dict[str, int] = {}
    start = 1
    for number in range(1, len(lines) + 1):
        try:
            tables = tomllib.loads("\n".join(lines[:number]))
        except tomllib.TOMLDecodeError:  # inside a text or a list of several lines
            continue
        for key in _keys_of(tables):
            places.setdefault(key, start)
        start = number + 1
    return places


def _keys_of(table: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """Every key of a table and of those inside it, from the outermost: `mail`, `mail.host`…"""
    for key, value in table.items():
        yield f"{prefix}{key}"
        if isinstance(value, dict):
            yield from _keys_of(value, f"{prefix}{key}.")
        elif isinstance(value, list) and all(isinstance(item, dict) for item in value):
            for number, item in enumerate(value):  # [[academy]]: the first one is known as [academy]
                place = f"{prefix}{key}.{number}" if number else f"{prefix}{key}"
                yield place
                yield from _keys_of(item, f"{place}.")


def _first_line(lines: dict[str, int], keys: tuple[str, ...]) -> int:
    return next((lines[key] for key in keys if key in lines), 0)


def _known_port_base(home: Path) -> int | None:
    if text := os.environ.get("VAGUEMESTRE_PORT_BASE"):
        if not text.isdigit():
            raise ConfigWrong("VAGUEMESTRE_PORT_BASE doit être un nombre.")
        return int(text)
    try:
        return int(json.loads((home / "run" / "instance.json").read_text())["port_base"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
