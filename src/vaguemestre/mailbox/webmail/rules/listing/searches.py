"""Searches a person keeps, and those made lately: kept with the account."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from vaguemestre.foundation.kernel.errors import Refusal

SUBJECT = "searches"
MOST_KEPT = 30
MOST_RECENT = 8
_LONGEST = 500
_LONGEST_NAME = 60


@dataclass(frozen=True)
class Search:
    """`asked`: what is typed in the box."""

    name: str
    asked: str


def kept_searches(preferences: Mapping[str, object]) -> tuple[Search, ...]:
    found = []
    for row in _list(preferences, "kept"):
        if isinstance(row, Mapping):
            name, asked = row.get("name"), row.get("asked")
            if isinstance(name, str) and isinstance(asked, str):
                found.append(Search(name, asked))
    return tuple(found)


def name_of(asked: str, kept: Collection[Search]) -> str:
    """The name a person gave to this search, or nothing."""
    return next((one.name for one in kept if one.asked == asked), "") if asked else ""


def recent_searches(preferences: Mapping[str, object]) -> tuple[str, ...]:
    """The last made first."""
    return tuple(one for one in _list(preferences, "recent") if isinstance(one, str))


def with_recent(recent: tuple[str, ...], asked: str) -> tuple[str, ...]:
    said = " ".join(asked.split())[:_LONGEST]
    return (said, *(one for one in recent if one != said))[:MOST_RECENT] if said else recent


def with_search(kept: tuple[Search, ...], name: str, asked: str) -> tuple[Search, ...]:
    """One more, or another one under a name already taken.

    Raises Refusal `webmail.search-name`, `webmail.too-many-searches`.
    """
    said, wanted = " ".join(name.split()), " ".join(asked.split())[:_LONGEST]
    if not 0 < len(said) <= _LONGEST_NAME or not said.isprintable() or not wanted:
        raise Refusal("webmail.search-name")
    rest = without_search(kept, said)
    if len(rest) >= MOST_KEPT:
        raise Refusal("webmail.too-many-searches", most=MOST_KEPT)
    return (*rest, Search(said, wanted))


def without_search(kept: tuple[Search, ...], name: str) -> tuple[Search, ...]:
    return tuple(one for one in kept if one.name != name)


def _list(preferences: Mapping[str, object], what: str) -> list[object]:
    kept = preferences.get(SUBJECT)
    found = kept.get(what) if isinstance(kept, Mapping) else None
    return found if isinstance(found, list) else []
