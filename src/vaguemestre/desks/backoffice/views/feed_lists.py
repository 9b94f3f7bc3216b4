"""The lists of a feed: departures, changes with their differences, arrivals."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from vaguemestre.access.signin.queries import last_sign_ins
from vaguemestre.foundation.kernel.orders import column_of
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.people.credentials.queries import accounts_of_people
from vaguemestre.people.credentials.values import AccountState
from vaguemestre.people.directory.queries import academy_names_of, functions_at, place_names, shown_names
from vaguemestre.people.directory.rules.nomenclature import function_label
from vaguemestre.people.intake.queries import (
    AppliedLineRow,
    FeedSummary,
    applied_lines_page,
    count_refused_lines,
    count_rows_by_kind,
    names_of_new_places,
    people_changed_since,
    plan_rows_page,
)
from vaguemestre.people.intake.rules.labels_fr import (
    SITUATIONS,
    DifferenceLabels,
    day_text,
    difference_labels,
    differences_beside_leaving,
    uais_in_differences,
)
from vaguemestre.people.intake.values import Difference, PlanRow, RowKind, Situation

KINDS: Mapping[str, tuple[RowKind, ...]] = {
    "departs": (RowKind.DEPARTURE,),
    "changements": (RowKind.CHANGE,),
    "arrivees": (RowKind.ARRIVAL, RowKind.TRANSFER),
}
VIEWS = (*KINDS, "refus")
_PLAN_ORDERS = {"ligne": "line", "nom": "sorted_as", "dossier": "dossier"}
_CHANGED_ORDERS = {"ligne": "first_line", "nom": "person__sorted_as", "dossier": "person__dossier"}
ORDERS_OF_VIEWS: Mapping[str, Mapping[str, str]] = {
    "refus": {"ligne": "line", "colonne": "column", "dossier": "dossier"},
    **dict.fromkeys(KINDS, _PLAN_ORDERS),
}
_PREVIEW_ROWS = 5  # of the lists that are not open
_RECENT = timedelta(days=2)
_ANOTHER = "une autre académie"  # applied lines do not say which


@dataclass(frozen=True, slots=True)
class FeedRow:
    """A person of a feed. `signed_in_at`: None if never, or unknown. `comes_from`: the académie left."""

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
    comes_from: str = ""


@dataclass(frozen=True, slots=True)
class FeedList:
    """A list of a feed: its total, the rows shown, and the number of matches.

    `transfers`: how many of them another académie of the installation loses.
    """

    view: str
    total: int
    rows: tuple[FeedRow, ...]
    match_count: int
    is_open: bool
    transfers: int = 0


def feed_counts(feed: FeedSummary) -> dict[str, int]:
    """View → number of rows; `mutations`: of the arrivals, those from another académie from here."""
    kinds = count_rows_by_kind(feed.feed_id, has_plan=feed.has_plan)
    counts = {view: sum(kinds.get(kind, 0) for kind in row_kinds) for view, row_kinds in KINDS.items()}
    return {
        **counts,
        "refus": count_refused_lines(feed.feed_id),
        "mutations": kinds.get(RowKind.TRANSFER, 0),
    }


def feed_lists(
    feed: FeedSummary, counts: Mapping[str, int], view: str, listing: Listing, search: str, now: datetime
) -> tuple[FeedList, ...]:
    """The three lists: a page of the open one, the first rows of the others."""
    touched = people_changed_since(feed) if feed.waits else frozenset()
    lists = []
    for name, kinds in KINDS.items():
        is_open = name == view
        first, count = (listing.first, listing.count) if is_open else (0, _PREVIEW_ROWS)
        rows, match_count = _rows(
            feed, kinds, listing if is_open else None, search if is_open else "", first, count, touched, now
        )
        transfers = counts["mutations"] if RowKind.TRANSFER in kinds else 0
        lists.append(FeedList(name, counts[name], rows, match_count, is_open, transfers))
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
    if feed.has_plan:
        order = column_of(listing.order, _PLAN_ORDERS) if listing else "rank"
        plan_rows, match_count = plan_rows_page(
            feed.feed_id, kinds, search=search, order=order, first=first, count=count
        )
        return _planned(feed, plan_rows, touched, now), match_count
    order = column_of(listing.order, _CHANGED_ORDERS) if listing else "first_line"
    applied_lines_of_feed, match_count = applied_lines_page(
        feed.feed_id, kinds=kinds, search=search, order=order, first=first, count=count
    )
    return _changed_rows(applied_lines_of_feed), match_count


def _planned(
    feed: FeedSummary, rows: Sequence[PlanRow], touched: Collection[int], now: datetime
) -> tuple[FeedRow, ...]:
    places = names_of_new_places(feed.feed_id) | _places([(row.uai, row.differences) for row in rows])
    accounts = accounts_of_people(feed.academy_id, [row.person_id for row in rows if row.person_id])
    moving = [row.person_id for row in rows if row.person_id and row.kind is RowKind.TRANSFER]
    left = academy_names_of(moving)
    signed_in = last_sign_ins([account_id for account_id, state in accounts.values()])
    feed_rows = []
    for row in rows:
        account_id, state = accounts.get(row.person_id or 0, (0, ""))
        signed_in_at = signed_in.get(account_id)
        feed_rows.append(
            FeedRow(
                row.person_id,
                row.name,
                row.dossier,
                row.line,
                function_label(row.function),
                places.get(row.uai) or row.uai,
                _labels(row.kind, row.differences, places),
                _consequence(row),
                row.person_id in touched,
                signed_in_at,
                state == AccountState.PENDING,
                signed_in_at is not None and now - signed_in_at < _RECENT,
                left.get(row.person_id or 0, ""),
            )
        )
    return tuple(feed_rows)


def _changed_rows(rows: Sequence[AppliedLineRow]) -> tuple[FeedRow, ...]:
    places = _places([(row.uai, row.differences) for row in rows])
    people = [row.person_id for row in rows]
    names, functions = shown_names(people), functions_at(people)
    return tuple(
        FeedRow(
            row.person_id,
            names.get(row.person_id, ""),
            row.dossier,
            row.line,
            function_label(functions.get((row.person_id, row.uai), "")),
            places.get(row.uai) or row.uai,
            _labels(row.kind, row.differences, places),
            comes_from=_ANOTHER if row.kind == RowKind.TRANSFER else "",
        )
        for row in rows
    )


def _labels(
    kind: str, differences: Sequence[Difference], places: Mapping[str, str]
) -> tuple[DifferenceLabels, ...]:
    """What changes; of somebody who leaves, what changes besides."""
    told = differences_beside_leaving(differences) if kind == RowKind.DEPARTURE else differences
    return tuple(difference_labels(difference, places) for difference in told)


def _places(rows: Sequence[tuple[str, Sequence[Difference]]]) -> dict[str, str]:
    """UAI → name, for every UAI in the rows, in one query."""
    return place_names(
        set[str]().union(*({uai} | uais_in_differences(differences) for uai, differences in rows))
    )


def _consequence(row: PlanRow) -> str:
    if row.kind is not RowKind.DEPARTURE:
        return ""
    if row.situation is Situation.DEATH:
        return "décès : compte fermé et boîte gelée dès l’application"
    if row.account_act == "close":
        return "compte fermé dès l’application"
    if row.leaves_on is None:
        return _leaving_consequence(row.situation)
    closes_on = row.leaves_on + timedelta(days=1 + settings.CONFIG.feed.grace_days)
    return f"compte fermé le {day_text(closes_on)}"


def _leaving_consequence(situation: Situation | None) -> str:
    """What follows a retirement or a transfer, told by its `statut` alone."""
    delays = settings.CONFIG.lifecycle_delays()
    days = {
        Situation.RETIREMENT: delays.retirement_closed,
        Situation.TRANSFER: delays.transfer_closed,
    }.get(situation or Situation.ACTIVE)
    if situation is None or days is None:
        return ""
    return f"{SITUATIONS[situation]} : hors de l’annuaire dès l’application, compte fermé {days} jours après"
