"""The staff of an establishment."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


class Part(StrEnum):
    """Which of the staff a page shows, as its address says it."""

    ALL = ""
    NEVER_ACTIVATED = "jamais-actives"
    ARRIVALS = "arrivees"
    ENDING = "fins"


@dataclass(frozen=True, slots=True)
class Stay:
    """Days in one establishment; `until` is the last one, None without an end."""

    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class StaffMember:
    """Somebody of an establishment, as its head may know them.

    `card`: of the directory, None for whoever is not listed there. `is_activated`: None without an account.
    """

    person_id: int
    name: str
    sorted_as: str
    card: UUID | None
    structure_id: int
    place: str
    function: str
    stay: Stay
    is_activated: bool | None
