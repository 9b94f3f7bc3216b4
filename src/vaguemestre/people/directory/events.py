"""Facts about people, past tense."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PeopleArrived:
    """People were registered, by an import or by hand."""

    person_ids: list[int]


@dataclass(frozen=True)
class PeopleChanged:
    """Civil status, names, posts or NUMEN of people changed."""

    person_ids: list[int]


@dataclass(frozen=True)
class PlacesDescribed:
    """Establishments (UAI) were created or updated."""

    uais: list[str]
