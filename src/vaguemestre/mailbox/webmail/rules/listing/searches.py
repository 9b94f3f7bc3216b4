"""Saved and recent searches, stored with the account."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TypedDict

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.values import Preferences

SUBJECT = "searches"
MAX_SAVED = 30
MAX_RECENT = 8
_MAX_QUERY_CHARACTERS = 500
_MAX_NAME_CHARACTERS = 60


@dataclass(frozen=True)
class SavedSearch:
    """A search a user named. `query`: the text of the search box."""

    name: str
    query: str


class StoredSearch(TypedDict):
    """A saved search among the preferences of its user."""

    name: str
    asked: str


class StoredSearches(TypedDict):
    """The saved searches of the subject `searches` of the preferences, in the user's order."""

    kept: list[StoredSearch]


def saved_searches(preferences: Preferences) -> tuple[SavedSearch, ...]:
    """Saved searches, by the user's order."""
    searches = []
    for row in _stored_list(preferences, "kept"):
        if isinstance(row, Mapping):
            name, query = row.get("name"), row.get("asked")
            if isinstance(name, str) and isinstance(query, str):
                searches.append(SavedSearch(name, query))
    return tuple(searches)


def saved_name(query: str, searches: Collection[SavedSearch]) -> str:
    """Name the user gave to this search, or empty."""
    return next((search.name for search in searches if search.query == query), "") if query else ""


def to_preferences(searches: Collection[SavedSearch]) -> StoredSearches:
    """JSON-ready, for the user's preferences."""
    return {"kept": [{"name": search.name, "asked": search.query} for search in searches]}


def recent_searches(preferences: Preferences) -> tuple[str, ...]:
    """Recent searches, newest first."""
    return tuple(query for query in _stored_list(preferences, "recent") if isinstance(query, str))


def with_recent(recent: tuple[str, ...], query: str) -> tuple[str, ...]:
    """Recent searches with one added, if it is not empty."""
    tidy = " ".join(query.split())[:_MAX_QUERY_CHARACTERS]
    return (tidy, *(former for former in recent if former != tidy))[:MAX_RECENT] if tidy else recent


def with_search(searches: tuple[SavedSearch, ...], name: str, query: str) -> tuple[SavedSearch, ...]:
    """Saved searches with one added, in place of one of the same name.

    Raises Refusal `webmail.search-name`, `webmail.too-many-searches`.
    """
    tidy_name, tidy_query = " ".join(name.split()), " ".join(query.split())[:_MAX_QUERY_CHARACTERS]
    if not 0 < len(tidy_name) <= _MAX_NAME_CHARACTERS or not tidy_name.isprintable() or not tidy_query:
        raise Refusal("webmail.search-name")
    rest = without_search(searches, tidy_name)
    if len(rest) >= MAX_SAVED:
        raise Refusal("webmail.too-many-searches", most=MAX_SAVED)
    return (*rest, SavedSearch(tidy_name, tidy_query))


def without_search(searches: tuple[SavedSearch, ...], name: str) -> tuple[SavedSearch, ...]:
    return tuple(search for search in searches if search.name != name)


def _stored_list(preferences: Preferences, key: str) -> list[object]:
    stored = preferences.get(SUBJECT)
    values = stored.get(key) if isinstance(stored, Mapping) else None
    return values if isinstance(values, list) else []
