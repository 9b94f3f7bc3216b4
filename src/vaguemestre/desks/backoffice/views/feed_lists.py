"""The lists of a feed: who leaves, who changes and from what to what, who arrives."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from vaguemestre.access.signin.queries import last_sign_ins
from vaguemestre.foundation.kernel.orders import column_of
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.people.credentials.queries import accounts_of_people
from vaguemestre.people.directory.queries import place_names, shown_names
from vaguemestre.people.directory.rules.nomenclature import function_label
from vaguemestre.people.intake.queries import (
    AppliedLineRow,
    FeedSummary,
    applied_lines_page,
    count_refused_lines,
    count_rows_by_kind,
    people_changed_since,
    plan_rows_page,
)
from vaguemestre.people.intake.rules.labels_fr import (
    DifferenceLabels,
    day_text,
    difference_labels,
    uais_in_differences,
)
from vaguemestre.people.intake.values import Difference, PlanRow, RowKind, Situation

KINDS: Mapping[str, tuple[RowKind, ...]] = {
    "departs": (RowKind.DEPARTURE,),
    "changements": (RowKind.CHANGE,),
    "arrivees": (RowKind.ARRIVAL, RowKind.TRANSFER),
}
VIEWS = (*KINDS, "refus")
_OF_PEOPLE = {"ligne": "line", "nom": "sorted_as", "dossier": "dossier"}
_OF_KEPT = {"ligne": "first_line", "nom": "person__sorted_as", "dossier": "person__dossier"}
ORDERS_OF_VIEWS: Mapping[str, Mapping[str, str]] = {
    "refus": {"ligne": "line", "colonne": "column", "dossier": "dossier"},
    **dict.fromkeys(KINDS, _OF_PEOPLE),
}
_AHEAD = 5  # rows of a list that is not the one being read
_RECENT = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class FeedRow:
    """Somebody of a feed. `signed_in_at`: None if never, or not known yet."""

    person_id: int | None
    name: str
    dossier: str
    line: int
    function: str
    place: str
    differences: tuple[DifferenceLabels, ...]
    consequence: str = ""
    has_changed_since: bool = False
    signed_in_at: datetime | None = None
    is_pending: bool = False
    is_recent: bool = False


@dataclass(frozen=True, slots=True)
class FeedList:
    """One of the lists: all it holds, what is shown of it, and what is left out by the search."""

    view: str
    total: int
    rows: tuple[FeedRow, ...]
    found: int
    is_open: bool


def feed_counts(feed: FeedSummary) -> dict[str, int]:
    """View → how many it holds."""
    kinds = count_rows_by_kind(feed.feed_id, waits=feed.waits)
    counts = {view: sum(kinds.get(kind, 0) for kind in some) for view, some in KINDS.items()}
    return {**counts, "refus": count_refused_lines(feed.feed_id)}


def feed_lists(
    feed: FeedSummary, counts: Mapping[str, int], view: str, listing: Listing, search: str, now: datetime
) -> tuple[FeedList, ...]:
    """The three lists; the one being read by pages, the first rows of the others."""
    touched = people_changed_since(feed) if feed.waits else frozenset()
    lists = []
    for name, kinds in KINDS.items():
        is_open = name == view
        first, count = (listing.first, listing.count) if is_open else (0, _AHEAD)
        rows, found = _rows(
            feed, kinds, listing if is_open else None, search if is_open else "", first, count, touched, now
        )
        lists.append(FeedList(name, counts[name], rows, found, is_open))
    return tuple(lists)


def _rows(
    feed: FeedSummary,
    kinds: tuple[RowKind, ...],
    listing: Listing | None,
    search: str,
    first: int,
    count: int,
    touched: Collection[int],
    now: datetime,
) -> tuple[tuple[FeedRow, ...], int]:
    if feed.waits:
        order = column_of(listing.order, _OF_PEOPLE) if listing else "rank"
        planned, found = plan_rows_page(
            feed.feed_id, kinds, search=search, order=order, first=first, count=count
        )
        return _planned(feed, planned, touched, now), found
    order = column_of(listing.order, _OF_KEPT) if listing else "first_line"
    kept, found = applied_lines_page(
        feed.feed_id, kinds=kinds, search=search, order=order, first=first, count=count
    )
    return _kept(kept), found


def _planned(
    feed: FeedSummary, rows: Sequence[PlanRow], touched: Collection[int], now: datetime
) -> tuple[FeedRow, ...]:
    places = _places([(row.uai, row.differences) for row in rows])
    accounts = accounts_of_people(feed.academy_id, [row.person_id for row in rows if row.person_id])
    signed_in = last_sign_ins([account_id for account_id, state in accounts.values()])
    shown = []
    for row in rows:
        account_id, state = accounts.get(row.person_id or 0, (0, ""))
        at = signed_in.get(account_id)
        shown.append(
            FeedRow(
                row.person_id,
                row.name,
                row.dossier,
                row.line,
                function_label(row.function),
                places.get(row.uai) or row.uai,
                tuple(difference_labels(one, places) for one in row.differences),
                _consequence(row),
                row.person_id in touched,
                at,
                state == "pending",
                at is not None and now - at < _RECENT,
            )
        )
    return tuple(shown)


def _kept(rows: Sequence[AppliedLineRow]) -> tuple[FeedRow, ...]:
    places = _places([(row.uai, row.differences) for row in rows])
    names = shown_names([row.person_id for row in rows])
    return tuple(
        FeedRow(
            row.person_id,
            names.get(row.person_id, ""),
            row.dossier,
            row.line,
            "",
            places.get(row.uai) or row.uai,
            tuple(difference_labels(one, places) for one in row.differences),
        )
        for row in rows
    )


def _places(rows: Sequence[tuple[str, Sequence[Difference]]]) -> dict[str, str]:
    """UAI → name, of all that the rows speak of: one question."""
    return place_names(set[str]().union(*({uai} | uais_in_differences(told) for uai, told in rows)))


def _consequence(row: PlanRow) -> str:
    if row.kind is not RowKind.DEPARTURE:
        return ""
    if row.situation is Situation.DEATH:
        return "décès : compte fermé et boîte gelée dès l’application"
    if row.account_act == "close":
        return "compte fermé dès l’application"
    if row.leaves_on is None:
        return ""
    closes_on = row.leaves_on + timedelta(days=1 + settings.CONFIG.feed.grace_days)
    return f"compte fermé le {day_text(closes_on)}"
