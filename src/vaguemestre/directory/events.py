"""Facts about people, past tense."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PersonArrived:
    person_id: int


@dataclass(frozen=True)
class PersonChanged:
    person_id: int
