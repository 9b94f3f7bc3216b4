"""Rows of a feed: refused lines, applied lines, planned rows."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q, QuerySet

from vaguemestre.foundation.kernel.texts import without_accents
from vaguemestre.people.intake.models import AppliedLine, Feed, PlannedRow, RefusedRow
from vaguemestre.people.intake.values import Difference, Field, PlanRow, RowKind, Situation

_MAX_WORDS = 6
_REFUSED_COLUMNS = ("line", "column", "dossier", "reason")


class RefusedLineRow(NamedTuple):
    """A line that was not used; `column` may be "". In the order of an export's columns."""

    line: int
    column: str
    dossier: str
    reason: str


@dataclass(frozen=True, slots=True)
class AppliedLineRow:
    """A line of a feed that changed somebody. `what`: the columns and acts, or "arrival"."""

    feed_id: int
    line: int
    person_id: int
    dossier: str
    masked: str
    what: str
    at: datetime
    kind: str = ""
    uai: str = ""
    differences: tuple[Difference, ...] = ()


def refused_rows(feed_id: int) -> tuple[RefusedLineRow, ...]:
    """The refused lines of a feed, in the order of the file."""
    rows = RefusedRow.objects.filter(feed_id=feed_id).order_by("line", "pk")
    return tuple(map(RefusedLineRow._make, rows.values_list(*_REFUSED_COLUMNS)))


def refused_rows_page(
    feed_id: int, *, search: str = "", order: str = "line", first: int, count: int
) -> tuple[tuple[RefusedLineRow, ...], int]:
    """A page of `refused_rows`, and their total. `order`: a column, `-` before it for descending."""
    rows = RefusedRow.objects.filter(feed_id=feed_id)
    if search:
        rows = rows.filter(
            Q(dossier__icontains=search) | Q(column__icontains=search) | Q(reason__icontains=search)
        )
    page = rows.order_by(order, "pk").values_list(*_REFUSED_COLUMNS)[first : first + count]
    return tuple(map(RefusedLineRow._make, page)), rows.count()


def count_refused_lines(feed_id: int) -> int:
    """How many lines of a feed were refused."""
    return RefusedRow.objects.filter(feed_id=feed_id).count()


def applied_lines_page(
    feed_id: int,
    *,
    kinds: Collection[str] = (),
    search: str = "",
    order: str = "first_line",
    first: int,
    count: int,
) -> tuple[tuple[AppliedLineRow, ...], int]:
    """A page of the people a feed changed, and their total. `search`: a dossier, a name."""
    rows = AppliedLine.objects.filter(feed_id=feed_id)
    if kinds:
        rows = rows.filter(kind__in=kinds)
    if search:
        rows = rows.filter(matches_person(search, "person__dossier"))
    return tuple(_applied_lines(rows.order_by(order, "pk")[first : first + count])), rows.count()


def applied_lines_of_feed(feed_id: int) -> Iterator[AppliedLineRow]:
    """Every applied line of a feed, for an export."""
    return _applied_lines(AppliedLine.objects.filter(feed_id=feed_id).order_by("first_line", "pk"))


def applied_lines_of_person(person_id: int, *, limit: int = 50) -> tuple[AppliedLineRow, ...]:
    """The lines of feeds that changed somebody, newest first."""
    return tuple(_applied_lines(AppliedLine.objects.filter(person_id=person_id).order_by("-pk")[:limit]))


def plan_rows_page(
    feed_id: int,
    kinds: Collection[str],
    *,
    search: str = "",
    order: str = "rank",
    first: int = 0,
    count: int = 30,
) -> tuple[tuple[PlanRow, ...], int]:
    """A page of the plan of a held feed, and the total of rows. `search`: a dossier, a name."""
    rows = PlannedRow.objects.filter(feed_id=feed_id, kind__in=kinds)
    if search:
        rows = rows.filter(Q(dossier__icontains=search) | _words_in("sorted_as", search))
    page = rows.order_by(order, "rank")[first : first + count]
    return tuple(map(_plan_row, page)), rows.count()


def names_of_new_places(feed_id: int) -> dict[str, str]:
    """UAI → name of the establishments that a held feed would open, where its files name them."""
    named = Feed.objects.filter(pk=feed_id).values_list("new_places", flat=True).first()
    return {uai: name for uai, name in (named or {}).items() if name}


def planned_fingerprints(feed_id: int) -> frozenset[str]:
    """The fingerprints of all rows of a plan."""
    rows = PlannedRow.objects.filter(feed_id=feed_id)
    return frozenset(rows.values_list("fingerprint", flat=True).iterator(5000))


def matches_person(search: str, dossier_column: str) -> Q:
    """Condition: the dossier contains the text, or the person's names contain each of its words."""
    return Q(**{f"{dossier_column}__icontains": search}) | _words_in("person__sorted_as", search)


def differences_of(stored: Sequence[Sequence[str | None]]) -> tuple[Difference, ...]:
    """The differences of a row, read back from JSON."""
    return tuple(
        Difference(Field(field or ""), before, after or "", uai or "") for field, before, after, uai in stored
    )


def _words_in(column: str, search: str) -> Q:
    condition = Q()
    for word in without_accents(search).split()[:_MAX_WORDS]:
        condition &= Q(**{f"{column}__contains": word})
    return condition


def _applied_lines(rows: QuerySet[AppliedLine]) -> Iterator[AppliedLineRow]:
    columns = ("feed_id", "first_line", "person_id", "person__dossier", "masked", "what", "feed__started_at")
    more = ("kind", "uai", "differences")
    for row in rows.values_list(*columns, *more).iterator(2000):
        feed_id, line, person_id, dossier, masked, what, at, kind, uai, stored = row
        differences = differences_of(stored)
        yield AppliedLineRow(feed_id, line, person_id, dossier, masked, what, at, kind, uai, differences)


def _plan_row(row: PlannedRow) -> PlanRow:
    return PlanRow(
        kind=RowKind(row.kind),
        person_id=row.person_id,
        dossier=row.dossier,
        name=row.name,
        line=row.line,
        uai=row.uai,
        function=row.function,
        differences=differences_of(row.differences),
        leaves_on=row.leaves_on,
        account_act=row.account_act,
        situation=Situation(row.situation) if row.situation else None,
        fingerprint=row.fingerprint,
    )
