"""Filters: kept, changed, put in order, taken from a file."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from vaguemestre.jobs.services import announce
from vaguemestre.journal.services import record
from vaguemestre.kernel.errors import Refusal
from vaguemestre.signin.events import AccountTouched
from vaguemestre.sorting import queries
from vaguemestre.sorting.events import SortingChanged
from vaguemestre.sorting.models import FilterRow
from vaguemestre.sorting.rules.filters import MOST_FILTERS, arranged, check_filter, moved
from vaguemestre.sorting.services.changing import changed
from vaguemestre.sorting.values import Filter


@transaction.atomic(durable=True)
def save_filter(
    account_id: int,
    wanted: Filter,
    folders: Collection[str],
    *,
    by: str,
    now: datetime,
    forwards_outside: bool = False,
) -> SortingChanged:
    """A new filter (`filter_id` 0), last in the list, or one changed. `folders`: names the mailbox has.

    Mail that goes on to somebody else is told to the owner. Raises Refusal `sorting.filter-…`.
    """
    keep_filter(account_id, wanted, folders, by=by, now=now, forwards_outside=forwards_outside)
    return changed(account_id)


@transaction.atomic(durable=True)
def import_filters(
    account_id: int,
    wanted: Sequence[Filter],
    folders: Collection[str],
    *,
    by: str,
    now: datetime,
    forwards_outside: bool = False,
) -> SortingChanged:
    """All of them after those already there, or none. Raises Refusal `sorting.filter-…`."""
    for one in wanted:
        keep_filter(account_id, one, folders, by=by, now=now, forwards_outside=forwards_outside)
    return changed(account_id)


def keep_filter(
    account_id: int,
    wanted: Filter,
    folders: Collection[str],
    *,
    by: str,
    now: datetime,
    forwards_outside: bool,
) -> None:
    """Inside the caller's transaction."""
    forward = wanted.outcome.forward_to
    owner = queries.owner_of(account_id, now) if forward else None
    check_filter(wanted, folders, owner=owner, forwards_outside=forwards_outside)
    mine = FilterRow.objects.filter(account_id=account_id)
    kept = {
        "name": wanted.name,
        "is_on": wanted.is_on,
        "matches_all": wanted.matches_all,
        "conditions": [asdict(one) for one in wanted.conditions],
        "outcome": asdict(wanted.outcome),
    }
    known = queries.filter_of(account_id, wanted.filter_id) if wanted.filter_id else None
    if wanted.filter_id:
        if not mine.filter(pk=wanted.filter_id).update(**kept):
            raise Refusal("sorting.filter-gone")
    else:
        if mine.count() >= MOST_FILTERS:
            raise Refusal("sorting.filter-many", most=MOST_FILTERS)
        last = mine.aggregate(last=Max("position"))["last"] or 0
        FilterRow.objects.create(account_id=account_id, position=last + 1, **kept)
    record("sorting.filter-saved", to=f"account:{account_id}", by=by, at=now, name=wanted.name)
    if forward and (known is None or known.outcome.forward_to != forward):
        record("sorting.forward-set", to=f"account:{account_id}", by=by, at=now, address=forward)
        reason = f"filtre « {wanted.name} », vers {forward}"
        announce(AccountTouched(account_id, "forward-set", now.isoformat(), reason))


@transaction.atomic(durable=True)
def switch_filter(account_id: int, filter_id: int, *, is_on: bool, by: str, now: datetime) -> SortingChanged:
    FilterRow.objects.filter(account_id=account_id, pk=filter_id).update(is_on=is_on)
    record("sorting.filter-switched", to=f"account:{account_id}", by=by, at=now, is_on=is_on)
    return changed(account_id)


@transaction.atomic(durable=True)
def drop_filter(account_id: int, filter_id: int, *, by: str, now: datetime) -> SortingChanged:
    FilterRow.objects.filter(account_id=account_id, pk=filter_id).delete()
    record("sorting.filter-dropped", to=f"account:{account_id}", by=by, at=now)
    return changed(account_id)


@transaction.atomic(durable=True)
def shift_filter(account_id: int, filter_id: int, places: int) -> SortingChanged:
    """One place up (-1) or down (+1)."""
    return _place(account_id, moved(_order(account_id), filter_id, places))


@transaction.atomic(durable=True)
def arrange_filters(account_id: int, wanted: Sequence[int]) -> SortingChanged:
    """The order of a list dragged about."""
    return _place(account_id, arranged(_order(account_id), wanted))


def _order(account_id: int) -> list[int]:
    return list(FilterRow.objects.filter(account_id=account_id).values_list("pk", flat=True))


def _place(account_id: int, order: Sequence[int]) -> SortingChanged:
    for position, pk in enumerate(order, start=1):
        FilterRow.objects.filter(account_id=account_id, pk=pk).update(position=position)
    return changed(account_id)
