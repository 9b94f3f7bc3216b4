"""One section of the file against its dataclass: its wrong keys, and the section made of the others."""

import difflib
import json
from collections.abc import Collection, Iterable, Iterator
from types import UnionType
from typing import Any, get_args, get_type_hints

from vaguemestre.site.config.checks import Check, Section


def read_section(name: str, kind: type[Any], keys: object, wrong: Collection[str]) -> Any:
    """A section, or a table inside one; its wrong keys take their defaults."""
    hints = get_type_hints(kind)
    values: dict[str, Any] = {}
    for key, value in keys.items() if isinstance(keys, dict) else ():
        place = f"{name}.{key}"
        if place in wrong:
            continue
        if _is_section(hints[key]):
            values[key] = read_section(place, hints[key], value, wrong)
        else:
            values[key] = tuple(value) if isinstance(value, list) else value
    return kind(**values)


def is_table(keys: object) -> bool:
    return isinstance(keys, dict)


def wrong_keys(section: str, kind: type[Any], keys: object) -> Iterator[tuple[str, str]]:
    """(`section.key`, French sentence) for each key that is unknown, of another type or out of bounds."""
    if not isinstance(keys, dict):
        yield section, f"« {section} » doit être une section : [{section}] seul sur sa ligne"
        return
    hints = get_type_hints(kind, include_extras=True)
    for key, value in keys.items():
        if key not in hints:
            yield f"{section}.{key}", f"[{section}] clé inconnue « {key} »{perhaps(key, hints)}"
            continue
        hint, bounds = split_check(hints[key])
        if _is_section(hint):
            yield from wrong_keys(f"{section}.{key}", hint, value)
        elif not _fits(value, hint):
            yield (
                f"{section}.{key}",
                f"[{section}] « {key} » n’a pas le bon type ({_type_name(hint)} attendu)",
            )
        elif bounds and (wrong := bounds.wrong(value)):
            typed = ", ".join(map(_as_typed, wrong))
            yield f"{section}.{key}", f"[{section}] « {key} » {bounds.sentence} ; ici {typed}"


def _is_section(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Section)


def split_check(hint: Any) -> tuple[Any, Check | None]:
    """The type of a key and its check."""
    if not hasattr(hint, "__metadata__"):
        return hint, None
    kind, check, *_ = get_args(hint)
    return kind, check


def perhaps(key: str, candidates: Iterable[str]) -> str:
    """The French suggestion of the nearest key, in brackets; "" if none is near."""
    near = difflib.get_close_matches(key, list(candidates), 1)
    return f" (peut-être « {near[0]} »)" if near else ""


def _as_typed(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)[:120]


def _fits(value: object, hint: Any) -> bool:
    if hint == tuple[str, ...]:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if hint is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if isinstance(value, bool):
        return hint is bool
    return isinstance(value, hint) if isinstance(hint, (type, UnionType)) else False


def _type_name(hint: Any) -> str:
    names = {str: "texte", int: "nombre entier", float: "nombre", bool: "true ou false"}
    return names.get(hint, "liste de textes")
