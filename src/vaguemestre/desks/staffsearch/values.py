"""What a search finds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from vaguemestre.people.credentials.values import AccountRole


@dataclass(frozen=True, slots=True)
class Asker:
    """The staff member who searches. `academy_id`: the only académie of their office; 0 for all."""

    account_id: int
    role: AccountRole
    academy_id: int


@dataclass(frozen=True, slots=True)
class Search:
    """What is searched, by whom, when."""

    words: str
    asker: Asker
    now: datetime


@dataclass(frozen=True, slots=True)
class Hit:
    """A line of results. `path`: its page; "" if the asker may open none."""

    name: str
    detail: str
    path: str


@dataclass(frozen=True, slots=True)
class HitGroup:
    """The first hits of a kind. `more`: the page that lists them all; "" if there is none or no more."""

    title: str
    icon: str
    hits: Sequence[Hit]
    total: int
    more: str = ""
