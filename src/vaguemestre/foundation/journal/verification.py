"""Whether the journal holds: every line against the chain, every month against its seal."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from vaguemestre.foundation.journal.chain import last_seal, unsealed_entries
from vaguemestre.foundation.journal.models import Entry, EntrySeal, MonthSeal
from vaguemestre.foundation.journal.rules import GENESIS, MonthFacts, month_seal, seal

_BATCH = 2_000


class Flaw(StrEnum):
    """What does not hold at a line."""

    ALTERED = "altered"  # its content is not what was sealed
    REMOVED = "removed"  # it was sealed, and is gone before its time
    BROKEN = "broken"  # lines before it are missing, or their order was changed
    ADDED = "added"  # it was slipped in behind lines already sealed
    MONTH = "month"  # the seal of its month was altered, added or removed


@dataclass(frozen=True, slots=True)
class ChainState:
    """How many lines are valid, the last seal, and the number of the first line that does not hold.

    `cut`: a seal kept elsewhere is missing. `waiting`: lines not yet sealed. `erased`: lines gone at the end
    of their time, as the seal of their month said.
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


class _Broken(Exception):
    def __init__(self, line: int, why: Flaw) -> None:
        super().__init__(line, why)
        self.line, self.why = line, why


def chain_state(kept_seal: str = "", *, now: datetime) -> ChainState:
    """Verify the whole journal. `kept_seal`: a seal that must still be in it; `now`: what may be gone."""
    walk = _Walk(kept_seal, now)
    try:
        walk.follow_seals()
        walk.look_for_added_lines()
    except _Broken as flaw:
        return ChainState(walk.lines, walk.seal or GENESIS, flaw.line, flaw.why, erased=walk.erased)
    return ChainState(
        walk.lines,
        last_seal().seal,
        cut=not walk.is_met,
        waiting=unsealed_entries(now).count(),
        erased=walk.erased,
    )


class _Walk:
    """The chain followed from its first line. `seal`: of the line before, "" after lines erased in part."""

    def __init__(self, kept_seal: str, now: datetime) -> None:
        self.kept_seal, self.now, self.today = kept_seal, now, now.astimezone(UTC).date()
        self.is_met = not kept_seal
        self.lines, self.erased = 0, 0
        self.number, self.seal = 0, GENESIS
        self.months = _months()

    def follow_seals(self) -> None:
        """Raises _Broken at the first line that does not hold."""
        self.month = next(self.months, None)
        for place, entry in _sealed_lines():
            if place.number != self.number + 1:
                self._pass_erased_lines(place)
            self._check_line(place, entry)
            self.number, self.seal = place.number, place.seal
            self.is_met = self.is_met or place.seal == self.kept_seal
            if self.month and place.number >= self.month.last:
                self._end_month(place.entry_id)
        while self.month:  # every line after the last month that is left was erased
            self._skip_month(self.month.first)

    def look_for_added_lines(self) -> None:
        """Raises _Broken for a line that no round will seal any more."""
        known = EntrySeal.objects.values("entry_id")
        waiting = unsealed_entries(self.now).values("pk")
        added = Entry.objects.exclude(pk__in=known).exclude(pk__in=waiting).order_by("pk")
        if line := added.values_list("pk", flat=True).first():
            raise _Broken(line, Flaw.ADDED)

    def _check_line(self, place: EntrySeal, entry: Entry | None) -> None:
        if entry is None:
            if not self._may_be_gone(place.number):
                raise _Broken(place.entry_id, Flaw.REMOVED)
        elif self.seal:
            expected = seal(
                self.seal, at=entry.at, action=entry.action, by=entry.by, to=entry.to, details=entry.details
            )
            if place.seal != expected:
                raise _Broken(place.entry_id, Flaw.ALTERED)
            self.lines += 1

    def _may_be_gone(self, number: int) -> bool:
        month = self.month
        return month is not None and number >= month.first and month.expires_on <= self.today

    def _pass_erased_lines(self, place: EntrySeal) -> None:
        """Go to the line before that one, over months whose time is over. Raises _Broken."""
        while self.month and self.month.last < place.number:
            self._skip_month(place.entry_id)
        if place.number == self.number + 1:
            return
        if not self._may_be_gone(place.number):
            raise _Broken(place.entry_id, Flaw.BROKEN)
        self.erased += place.number - self.number - 1
        self.seal = ""  # the lines before it are erased: the last seal of the month proves the others

    def _skip_month(self, line: int) -> None:
        month = self.month
        if month is None or month.first != self.number + 1 or month.expires_on > self.today:
            raise _Broken(line, Flaw.BROKEN)
        self.erased += month.last - month.first + 1
        self.number, self.seal = month.last, month.head
        self.is_met = self.is_met or month.head == self.kept_seal
        self.month = next(self.months, None)

    def _end_month(self, line: int) -> None:
        """The month and the chain agree about its last line. Raises _Broken."""
        month = self.month
        if month is None or (month.last, month.head) != (self.number, self.seal):
            raise _Broken(line, Flaw.MONTH)
        self.month = next(self.months, None)


def _months() -> Iterator[MonthSeal]:
    """The months in their order, each once its own seal holds. Raises _Broken, with its first number."""
    previous, last = GENESIS, 0
    for month in MonthSeal.objects.order_by("month"):
        facts = MonthFacts(month.month, month.first, month.last, month.head, month.expires_on)
        if month.seal != month_seal(previous, facts) or month.first != last + 1:
            raise _Broken(month.first, Flaw.MONTH)
        previous, last = month.seal, month.last
        yield month


def _sealed_lines() -> Iterator[tuple[EntrySeal, Entry | None]]:
    """Every seal with its entry, None if it is gone, in the order of the chain."""
    number = 0
    while places := list(EntrySeal.objects.filter(number__gt=number).order_by("number")[:_BATCH]):
        entries = Entry.objects.in_bulk([place.entry_id for place in places])
        for place in places:
            yield place, entries.get(place.entry_id)
        number = places[-1].number
