"""Files of breaches."""

from dataclasses import replace
from datetime import datetime

from django.db.models import Q

from vaguemestre.desks.breaches.models import Breach
from vaguemestre.desks.breaches.rules.clock import deadlines
from vaguemestre.desks.breaches.values import BreachFacts, BreachFile, KnownChange, Notice, NoticeKind
from vaguemestre.foundation.journal.queries import entries_about
from vaguemestre.foundation.journal.values import breach_subject

_ENTRIES = 500  # of the journal, about one file
# Sort keys of the page → columns.
ORDERS = {"date": "known_at", "titre": "title", "cloture": "closed_at"}


def breaches_page(
    *, search: str = "", order: str = "-known_at", first: int = 0, count: int = 30, now: datetime
) -> tuple[list[BreachFile], int]:
    """A page of the files whose title or facts contain `search`, and their total.

    `order`: a column of ORDERS, reversed by a leading `-`.
    """
    matches = Q(title__icontains=search) | Q(facts__icontains=search)
    rows = Breach.objects.filter(matches if search else Q()).order_by(order, "pk")
    page = rows.prefetch_related("notices")[first : first + count]
    return [_file(row, now) for row in page], rows.count()


def breach_file(breach_id: int, *, now: datetime) -> BreachFile | None:
    """The file of a breach, with its deadlines as of `now`."""
    row = Breach.objects.prefetch_related("notices").filter(pk=breach_id).first()
    return replace(_file(row, now), known_before=_known_before(breach_id)) if row else None


def open_breaches(now: datetime) -> list[BreachFile]:
    """The files that are not closed, the oldest first."""
    rows = Breach.objects.filter(closed_at=None).prefetch_related("notices").order_by("known_at")
    return [_file(row, now) for row in rows]


def _known_before(breach_id: int) -> tuple[KnownChange, ...]:
    """The starts that the file had before, as the journal keeps them."""
    entries = [
        entry
        for entry in entries_about(breach_subject(breach_id), limit=_ENTRIES)
        if entry.details.get("before")
    ]
    changes = (
        KnownChange(datetime.fromisoformat(str(entry.details["before"])), entry.at) for entry in entries
    )
    return tuple(sorted(changes, key=lambda change: change.changed_at))


def _file(row: Breach, now: datetime) -> BreachFile:
    notices = tuple(
        Notice(NoticeKind(notice.kind), notice.sent_at, notice.recipient, notice.reference)
        for notice in sorted(row.notices.all(), key=lambda notice: (notice.sent_at, notice.pk))
    )
    facts = BreachFacts(
        row.title, row.known_at, row.began_at, row.facts, row.data_kinds, row.persons, row.persons_count,
        row.consequences, row.measures,
    )  # fmt: skip
    return BreachFile(
        breach_id=row.pk,
        facts=facts,
        opened_by=row.opened_by,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        closing_note=row.closing_note,
        notices=notices,
        deadlines=deadlines(row.known_at, notices, now=now),
    )
