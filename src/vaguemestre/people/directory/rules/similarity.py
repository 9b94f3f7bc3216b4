"""Similarity of two people: whether they may be one, under two spellings or a typing slip.

Similarity alone decides nothing: a human is asked.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from vaguemestre.people.directory.rules.names import fold
from vaguemestre.people.directory.values import CivilStatus

_SHORT_NAME_LETTERS = 4  # below, one letter makes another name (« Léo », « Léa »)
_LONG_NAME_LETTERS = 10  # from there on, two slips are likely


class MatchReason(StrEnum):
    """Why two people may be one, surest reason first."""

    SAME = "same"  # the same names and the same birth date
    NAMES = "names"  # names a slip apart, the same birth date
    BIRTH_DATE = "birth-date"  # the same names in the same school, birth dates a slip apart
    SCHOOL = "school"  # similar names in the same school, another birth date
    NAMESAKE = "namesake"  # the same names elsewhere, another birth date


# With these reasons, nobody is created before a human compared the two.
NEEDS_REVIEW = frozenset({MatchReason.SAME, MatchReason.NAMES, MatchReason.BIRTH_DATE})


@dataclass(frozen=True, slots=True)
class Identity:
    """The compared traits of somebody: folded surnames (birth, usage) and first name, birth date, UAI."""

    last_names: tuple[str, ...]
    first_name: str
    birth_date: date
    uais: frozenset[str] = frozenset()

    @property
    def names(self) -> Iterator[tuple[str, str]]:
        """(surname, first name), for each surname."""
        return ((name, self.first_name) for name in self.last_names)


def identity_of(civil: CivilStatus, uais: Collection[str] = ()) -> Identity:
    """The identity of a civil status, with the first name given at birth."""
    last_names = dict.fromkeys(fold(name) for name in (civil.birth_name, civil.usage_name) if name)
    return Identity(tuple(last_names), fold(civil.first_name), civil.birth_date, frozenset(uais))


def match_reason(one: Identity, other: Identity) -> MatchReason | None:
    """Why the two may be one person; None if they are not similar."""
    same_names = one.first_name == other.first_name and any(
        name in other.last_names for name in one.last_names
    )
    if one.birth_date == other.birth_date:
        if same_names:
            return MatchReason.SAME
        return MatchReason.NAMES if are_near_names(one, other) else None
    same_school = not one.uais.isdisjoint(other.uais)
    if same_names and same_school and are_near_dates(one.birth_date, other.birth_date):
        return MatchReason.BIRTH_DATE
    if same_school and (same_names or are_near_names(one, other)):
        return MatchReason.SCHOOL
    return MatchReason.NAMESAKE if same_names else None


def are_near_names(one: Identity, other: Identity) -> bool:
    """Whether surname and first name are each at most a slip apart, possibly swapped."""
    for last in one.last_names:
        for other_last in other.last_names:
            if is_near_name(last, other_last) and is_near_name(one.first_name, other.first_name):
                return True
            if is_near_name(last, other.first_name) and is_near_name(one.first_name, other_last):
                return True
    return False


def is_near_name(one: str, other: str) -> bool:
    """Whether two folded names are equal, a slip apart, or one has an extra word."""
    if one == other:
        return True
    if not one or not other:
        return False
    if one.startswith(f"{other}-") or other.startswith(f"{one}-"):
        return True  # « Marie » and « Marie-Claire », « Roy » and « Roy-Delattre »
    plain, other_plain = one.replace("-", ""), other.replace("-", "")
    longest = max(len(plain), len(other_plain))
    if abs(len(plain) - len(other_plain)) > 2 or longest < _SHORT_NAME_LETTERS:
        return plain == other_plain
    return _is_one_slip(plain, other_plain) or (
        longest >= _LONG_NAME_LETTERS and _distance(plain, other_plain) <= 2
    )


def are_near_dates(one: date, other: date) -> bool:
    """Whether two dates differ by one digit, two swapped digits, or swapped day and month."""
    text, other_text = f"{one:%d%m%Y}", f"{other:%d%m%Y}"
    if (one.day, one.month, one.year) == (other.month, other.day, other.year):
        return True
    unlike = [place for place in range(8) if text[place] != other_text[place]]
    if len(unlike) == 2 and unlike[1] == unlike[0] + 1:
        first, second = unlike
        return text[first] == other_text[second] and text[second] == other_text[first]
    return len(unlike) <= 1


def _is_one_slip(one: str, other: str) -> bool:
    """Whether one insertion, deletion, substitution or transposition makes the words equal."""
    start, end, other_end = 0, len(one), len(other)
    while start < end and start < other_end and one[start] == other[start]:
        start += 1
    while end > start and other_end > start and one[end - 1] == other[other_end - 1]:
        end, other_end = end - 1, other_end - 1
    rest, other_rest = one[start:end], other[start:other_end]
    return max(len(rest), len(other_rest)) <= 1 or (len(rest) == 2 and rest == other_rest[::-1])


def _distance(one: str, other: str) -> int:
    """Optimal string alignment distance: insertions, deletions, substitutions, adjacent transpositions."""
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
