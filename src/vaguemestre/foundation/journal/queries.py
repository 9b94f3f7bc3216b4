"""Reads of the journal: entries by subject or filter, and the state of the chain."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.journal.rules import GENESIS, seal


@dataclass(frozen=True, slots=True)
class EntrySummary:
    """One entry about a known subject."""

    action: str
    by: str
    at: datetime
    details: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One entry with its number and its subject (`to`)."""

    number: int
    at: datetime
    action: str
    by: str
    to: str
    details: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class JournalFilter:
    """A filter of entries; None means any, several values are alternatives."""

    actions: tuple[str, ...] | None = None
    by: tuple[str, ...] | None = None
    to: tuple[str, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ChainState:
    """The verified chain: how many entries are valid, the last seal, the number of the first invalid entry.

    `why`: "altered" (its content is not what was sealed) or "broken" (its predecessor is missing: an entry
    was removed, added or moved); "" when all are valid. `cut`: a seal kept elsewhere is missing.
    """

    lines: int
    head: str
    broken_at: int | None = None
    why: str = ""
    cut: bool = False

    @property
    def holds(self) -> bool:
        return self.broken_at is None and not self.cut


def subjects_by_detail(action: str, detail: str, values: Collection[str]) -> dict[str, str]:
    """The subject of the first entry of an action, by the value of a detail. Reads every such entry."""
    rows = Entry.objects.filter(action=action, **{f"details__{detail}__in": list(values)}).order_by("-id")
    return {str(details[detail]): to for details, to in rows.values_list("details", "to")}


def entries_about(to: str, *, limit: int) -> list[EntrySummary]:
    """The newest entries about a subject, newest first."""
    rows = Entry.objects.filter(to=to).order_by("-id")[:limit]
    return [EntrySummary(row.action, row.by, row.at, row.details) for row in rows]


def last_time(to: str, action: str) -> datetime | None:
    """When an action was last done to a subject."""
    return Entry.objects.filter(to=to, action=action).order_by("-id").values_list("at", flat=True).first()


def count_acts(action: str, *, by: str, since: datetime) -> int:
    """How many times an actor did an action since a moment."""
    return Entry.objects.filter(action=action, by=by, at__gte=since).count()


def journal_page(
    criteria: JournalFilter, *, first: int, count: int, backwards: bool = True
) -> tuple[tuple[JournalEntry, ...], int]:
    """A page of the matching entries, newest first by default, and the count of all of them."""
    rows = _filtered(criteria)
    ordered = rows.order_by("-id" if backwards else "id")
    return tuple(map(_entry, ordered[first : first + count])), rows.count()


def filtered_entries(criteria: JournalFilter) -> Iterator[JournalEntry]:
    """All the matching entries, oldest first: for an export."""
    return map(_entry, _filtered(criteria).order_by("id").iterator(chunk_size=2000))


def journal_head() -> tuple[int, str]:
    """(number, seal) of the last entry; kept elsewhere, it proves later that the end was not cut off."""
    return Entry.objects.order_by("-id").values_list("id", "seal").first() or (0, GENESIS)


def chain_state(kept_seal: str = "") -> ChainState:
    """Verify the whole chain. `kept_seal`: a seal that must still be in it."""
    previous, lines, is_met = GENESIS, 0, not kept_seal
    for entry in Entry.objects.order_by("id").iterator(chunk_size=2000):
        if entry.previous != previous:
            return ChainState(lines, previous, entry.pk, "broken")
        expected = seal(
            previous, at=entry.at, action=entry.action, by=entry.by, to=entry.to, details=entry.details
        )
        if entry.seal != expected:
            return ChainState(lines, previous, entry.pk, "altered")
        previous, lines = entry.seal, lines + 1
        is_met = is_met or entry.seal == kept_seal
    return ChainState(lines, previous, cut=not is_met)


def first_broken_entry() -> int | None:
    """The number of the first invalid entry; None when the whole chain is valid."""
    return chain_state().broken_at


def _filtered(criteria: JournalFilter) -> QuerySet[Entry]:
    rows = Entry.objects.all()
    for column, values in (("action", criteria.actions), ("by", criteria.by), ("to", criteria.to)):
        if values is not None:
            rows = rows.filter(**{f"{column}__in": values})
    if criteria.since:
        rows = rows.filter(at__gte=criteria.since)
    if criteria.until:
        rows = rows.filter(at__lt=criteria.until)
    return rows


def _entry(row: Entry) -> JournalEntry:
    return JournalEntry(row.pk, row.at, row.action, row.by, row.to, row.details)
