"""Likeness of two people: who may be one human under two spellings, or under one slip of the keyboard.

A likeness never decides anything: it is shown to a human, who does.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from vaguemestre.people.directory.rules.names import fold
from vaguemestre.people.directory.values import CivilStatus

_SHORT = 4  # letters: below, two names that differ by one letter are two names (« Léo », « Léa »)
_LONG = 10  # letters: from there, two slips are likely


class Likeness(StrEnum):
    """Why two people may be one, the surest reason first."""

    SAME = "same"  # the same names and the same birth date
    NAMES = "names"  # names a slip apart, the same birth date
    BIRTH_DATE = "birth-date"  # the same names in the same school, birth dates a slip apart
    SCHOOL = "school"  # names alike in the same school, another birth date
    NAMESAKE = "namesake"  # the same names elsewhere, another birth date


# Those for which nobody is created before a human has told the two apart.
DOUBTFUL = frozenset({Likeness.SAME, Likeness.NAMES, Likeness.BIRTH_DATE})


@dataclass(frozen=True, slots=True)
class Identity:
    """What is compared of somebody: names folded (birth name, usage name), and schools (UAI)."""

    last_names: tuple[str, ...]
    first_name: str
    birth_date: date
    uais: frozenset[str] = frozenset()

    @property
    def names(self) -> Iterator[tuple[str, str]]:
        """(surname, first name), for each surname."""
        return ((name, self.first_name) for name in self.last_names)


def identity_of(civil: CivilStatus, uais: Collection[str] = ()) -> Identity:
    """The identity of a civil status; of the first names, the one given at birth."""
    lasts = dict.fromkeys(fold(name) for name in (civil.birth_name, civil.usage_name) if name)
    return Identity(tuple(lasts), fold(civil.first_name), civil.birth_date, frozenset(uais))


def likeness(one: Identity, other: Identity) -> Likeness | None:
    """Why the two may be one human; None if they are not alike."""
    same_names = one.first_name == other.first_name and any(
        name in other.last_names for name in one.last_names
    )
    if one.birth_date == other.birth_date:
        if same_names:
            return Likeness.SAME
        return Likeness.NAMES if are_near_names(one, other) else None
    same_school = not one.uais.isdisjoint(other.uais)
    if same_names and same_school and are_near_dates(one.birth_date, other.birth_date):
        return Likeness.BIRTH_DATE
    if same_school and (same_names or are_near_names(one, other)):
        return Likeness.SCHOOL
    return Likeness.NAMESAKE if same_names else None


def are_near_names(one: Identity, other: Identity) -> bool:
    """Surname and first name each a slip apart at most, or written one in the place of the other."""
    for last in one.last_names:
        for other_last in other.last_names:
            if is_near_name(last, other_last) and is_near_name(one.first_name, other.first_name):
                return True
            if is_near_name(last, other.first_name) and is_near_name(one.first_name, other_last):
                return True
    return False


def is_near_name(one: str, other: str) -> bool:
    """Whether two folded names are equal, a slip apart, or one is the other with a word more."""
    if one == other:
        return True
    if not one or not other:
        return False
    if one.startswith(f"{other}-") or other.startswith(f"{one}-"):
        return True  # « Marie » and « Marie-Claire », « Roy » and « Roy-Delattre »
    plain, other_plain = one.replace("-", ""), other.replace("-", "")
    longest = max(len(plain), len(other_plain))
    if abs(len(plain) - len(other_plain)) > 2 or longest < _SHORT:
        return plain == other_plain
    return _is_one_slip(plain, other_plain) or (longest >= _LONG and _distance(plain, other_plain) <= 2)


def are_near_dates(one: date, other: date) -> bool:
    """Whether one wrong digit, two turned round, or day and month turned round, make them equal."""
    text, other_text = f"{one:%d%m%Y}", f"{other:%d%m%Y}"
    if (one.day, one.month, one.year) == (other.month, other.day, other.year):
        return True
    unlike = [place for place in range(8) if text[place] != other_text[place]]
    if len(unlike) == 2 and unlike[1] == unlike[0] + 1:
        first, second = unlike
        return text[first] == other_text[second] and text[second] == other_text[first]
    return len(unlike) <= 1


def _is_one_slip(one: str, other: str) -> bool:
    """Whether one letter put in, left out, changed, or turned round with its neighbour makes them equal."""
    start, end, other_end = 0, len(one), len(other)
    while start < end and start < other_end and one[start] == other[start]:
        start += 1
    while end > start and other_end > start and one[end - 1] == other[other_end - 1]:
        end, other_end = end - 1, other_end - 1
    rest, other_rest = one[start:end], other[start:other_end]
    return max(len(rest), len(other_rest)) <= 1 or (len(rest) == 2 and rest == other_rest[::-1])


def _distance(one: str, other: str) -> int:
    """Letters put in, left out, changed, or turned round with their neighbour (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, start=1):
        above, row, before_above = row, [place], before
        for column, other_letter in enumerate(other, start=1):
            cost = min(above[column] + 1, row[-1] + 1, above[column - 1] + (letter != other_letter))
            if place > 1 and column > 1 and letter == other[column - 2] and one[place - 2] == other_letter:
                cost = min(cost, before_above[column - 2] + 1)
            row.append(cost)
        before = above
    return row[-1]
