"""Verification of the journal: every entry against the chain, every month against its seal."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import NamedTuple

from vaguemestre.foundation.journal.chain import (
    SHORTEST_RETENTION_MONTHS,
    first_month,
    last_seal,
    unsealed_entries,
)
from vaguemestre.foundation.journal.models import Entry, EntrySeal, MonthSeal
from vaguemestre.foundation.journal.rules import GENESIS, MonthFacts, beginning_of, month_seal, seal
from vaguemestre.foundation.kernel.times import months_after

_BATCH = 2_000


class Flaw(StrEnum):
    """Why a line is invalid."""

    ALTERED = "altered"  # its content differs from what was sealed
    REMOVED = "removed"  # it was sealed, then deleted before the end of its retention
    BROKEN = "broken"  # lines before it are missing, or their order was changed
    ADDED = "added"  # it was inserted among lines already sealed
    MONTH = "month"  # the seal of its month was altered, added or removed


@dataclass(frozen=True, slots=True)
class ChainState:
    """How many lines are valid, the last seal, and the number of the first invalid line.

    `cut`: a seal kept elsewhere is missing. `waiting`: how many lines are not yet sealed. `erased`: how many
    lines were deleted at the end of their retention, as the seal of their month allows.
    """

    lines: int
    head: str
    broken_at: int | None = None
    why: Flaw | None = None
    cut: bool = False
    waiting: int = 0
    erased: int = 0

    @property
    def holds(self) -> bool:
        return self.broken_at is None and not self.cut


class SealedMonth(NamedTuple):
    """A past month. `holds`: its seal is the one that was written, after that of the month before it."""

    month: date
    first: int
    last: int
    expires_on: date
    seal: str
    holds: bool

    @property
    def lines(self) -> int:
        return self.last - self.first + 1


class _Broken(Exception):
    def __init__(self, line: int, why: Flaw) -> None:
        super().__init__(line, why)
        self.line, self.why = line, why


def sealed_months() -> tuple[SealedMonth, ...]:
    """The months with a seal, newest first. Reads no line: a month that `holds` may have an altered one."""
    months, previous, last = [], GENESIS, 0
    for row in MonthSeal.objects.order_by("month"):
        holds = _is_sound(row, previous, last)
        months.append(SealedMonth(row.month, row.first, row.last, row.expires_on, row.seal, holds))
        previous, last = row.seal, row.last
    return tuple(reversed(months))


def chain_state(kept_seal: str = "", *, now: datetime) -> ChainState:
    """Verify the whole journal. `kept_seal`: a seal that must still be in it.

    `now` decides which months may be erased.
    """
    walk = _Walk(kept_seal, now)
    try:
        walk.follow_seals()
        walk.look_for_added_lines()
    except _Broken as flaw:
        return ChainState(walk.lines, walk.seal or GENESIS, flaw.line, flaw.why, erased=walk.erased)
    return ChainState(
        walk.lines,
        last_seal().seal,
        cut=not walk.has_kept_seal,
        waiting=unsealed_entries().count(),
        erased=walk.erased,
    )


class _Walk:
    """A walk along the chain. `seal`: that of the previous line; "" if part of its month is erased."""

    def __init__(self, kept_seal: str, now: datetime) -> None:
        self.kept_seal, self.today = kept_seal, now.astimezone(UTC).date()
        self.has_kept_seal = not kept_seal
        self.lines, self.erased = 0, 0
        self.number, self.seal = 0, GENESIS
        self.first_month = first_month()
        self.months = _months()

    def follow_seals(self) -> None:
        """Raises _Broken at the first invalid line."""
        self.month = next(self.months, None)
        for place, entry in _sealed_lines():
            if place.number != self.number + 1:
                self._pass_erased_lines(place)
            self._check_line(place, entry)
            self.number, self.seal = place.number, place.seal
            self.has_kept_seal = self.has_kept_seal or place.seal == self.kept_seal
            if self.month and place.number >= self.month.last:
                self._end_month(place.entry_id)
        while self.month:  # no line is left of these months
            self._skip_month(self.month.first)

    def look_for_added_lines(self) -> None:
        """Raises _Broken for an unsealed line that is too old to be sealed."""
        known = EntrySeal.objects.values("entry_id")
        waiting = unsealed_entries().values("pk")
        added = Entry.objects.exclude(pk__in=known).exclude(pk__in=waiting).order_by("pk")
        if line := added.values_list("pk", flat=True).first():
            raise _Broken(line, Flaw.ADDED)

    def _check_line(self, place: EntrySeal, entry: Entry | None) -> None:
        if entry is None:
            if not self._may_be_gone(place.number):
                raise _Broken(place.entry_id, Flaw.REMOVED)
            return
        if self.month and place.number >= self.month.first:
            _check_date(place, entry, self.month)
        if self.seal:
            expected = seal(
                self.seal, at=entry.at, action=entry.action, by=entry.by, to=entry.to, details=entry.details
            )
            if place.seal != expected:
                raise _Broken(place.entry_id, Flaw.ALTERED)
            self.lines += 1

    def _may_be_gone(self, number: int) -> bool:
        month = self.month
        return month is not None and number >= month.first and self._is_expired(month)

    def _is_expired(self, month: MonthSeal) -> bool:
        """Raises _Broken for a month older than the installation: its seal is false."""
        if month.expires_on <= self.today and month.month < self.first_month:
            raise _Broken(month.first, Flaw.MONTH)
        return month.expires_on <= self.today

    def _pass_erased_lines(self, place: EntrySeal) -> None:
        """Skip the erased lines before that seal. Raises _Broken if they were not to be erased yet."""
        while self.month and self.month.last < place.number:
            self._skip_month(place.entry_id)
        if place.number == self.number + 1:
            return
        if not self._may_be_gone(place.number):
            raise _Broken(place.entry_id, Flaw.BROKEN)
        self.erased += place.number - self.number - 1
        self.seal = ""  # its line cannot be checked: the last seal of the month covers it

    def _skip_month(self, line: int) -> None:
        month = self.month
        if month is None or month.first > self.number + 1 or not self._is_expired(month):
            raise _Broken(line, Flaw.BROKEN)
        self.erased += month.last - self.number
        self.number, self.seal = month.last, month.head
        self.has_kept_seal = self.has_kept_seal or month.head == self.kept_seal
        self.month = next(self.months, None)

    def _end_month(self, line: int) -> None:
        """Raises _Broken unless the month and the chain agree about its last line."""
        month = self.month
        if month is None or (month.last, month.head) != (self.number, self.seal):
            raise _Broken(line, Flaw.MONTH)
        self.month = next(self.months, None)


def _check_date(place: EntrySeal, entry: Entry, month: MonthSeal) -> None:
    """Raises _Broken for a line younger than the month whose seal covers it."""
    if min(entry.at, place.sealed_at) >= beginning_of(months_after(month.month, 1)):
        raise _Broken(place.entry_id, Flaw.MONTH)


def _months() -> Iterator[MonthSeal]:
    """The sealed months in order. Raises _Broken, with its first number, at a month whose seal is invalid."""
    previous, last = GENESIS, 0
    for month in MonthSeal.objects.order_by("month"):
        if not _is_sound(month, previous, last):
            raise _Broken(month.first, Flaw.MONTH)
        previous, last = month.seal, month.last
        yield month


def _is_sound(month: MonthSeal, previous: str, last: int) -> bool:
    """Whether it follows the month before it: `previous` is the seal of that one, `last` its last number."""
    facts = MonthFacts(month.month, month.first, month.last, month.head, month.expires_on)
    is_short = month.expires_on < months_after(month.month, 1 + SHORTEST_RETENTION_MONTHS)
    return not is_short and month.seal == month_seal(previous, facts) and month.first == last + 1


def _sealed_lines() -> Iterator[tuple[EntrySeal, Entry | None]]:
    """Every seal with its entry, None if it was deleted, in the order of the chain."""
    number = 0
    while places := list(EntrySeal.objects.filter(number__gt=number).order_by("number")[:_BATCH]):
        entries = Entry.objects.in_bulk([place.entry_id for place in places])
        for place in places:
            yield place, entries.get(place.entry_id)
        number = places[-1].number
