"""Facts about people, past tense."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PeopleArrived:
    """Registered and named, by an import or by hand."""

    person_ids: list[int]


@dataclass(frozen=True)
class PeopleChanged:
    """Civil status, names, posts or NUMEN differ."""

    person_ids: list[int]


@dataclass(frozen=True)
class PlacesDescribed:
    """Establishments became known, or are better described: their UAI."""

    uais: list[str]
