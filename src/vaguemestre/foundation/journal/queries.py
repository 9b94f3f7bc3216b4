"""Reads of the journal: entries by subject or filter."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from vaguemestre.foundation.journal.models import Entry


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


def subjects_by_detail(action: str, detail: str, values: Collection[str]) -> dict[str, str]:
    """The subject of the first entry of an action, by the value of a detail. Reads every such entry."""
    rows = Entry.objects.filter(action=action, **{f"details__{detail}__in": list(values)}).order_by("-id")
    return {str(details[detail]): to for details, to in rows.values_list("details", "to")}


def entries_about(to: str, *, limit: int, actions: Collection[str] = ()) -> list[EntrySummary]:
    """The newest entries about a subject, newest first; of these actions alone if any."""
    rows = Entry.objects.filter(to=to)
    if actions:
        rows = rows.filter(action__in=actions)
    return [EntrySummary(row.action, row.by, row.at, row.details) for row in rows.order_by("-id")[:limit]]


def entries_since(to: str, actions: Collection[str], since: datetime) -> list[EntrySummary]:
    """Every entry of these actions about a subject since that moment, newest first."""
    rows = Entry.objects.filter(to=to, action__in=actions, at__gte=since).order_by("-id")
    return [EntrySummary(row.action, row.by, row.at, row.details) for row in rows]


def last_time(to: str, action: str) -> datetime | None:
    """When an action was last done to a subject."""
    return Entry.objects.filter(to=to, action=action).order_by("-id").values_list("at", flat=True).first()


def count_acts(action: str, *, by: str, since: datetime) -> int:
    """How many times an actor did an action since a moment."""
    return Entry.objects.filter(action=action, by=by, at__gte=since).count()


def count_actions(actions: Collection[str], since: datetime, until: datetime) -> dict[str, int]:
    """How many times each of these actions was done in that time, by anybody."""
    rows = Entry.objects.filter(at__gte=since, at__lt=until, action__in=actions).order_by()
    return dict(rows.values_list("action").annotate(Count("id")))


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
