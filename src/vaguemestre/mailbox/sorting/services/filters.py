"""Filters: kept, changed, put in order, taken from a file."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from vaguemestre.access.signin.services import tell
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.sorting import queries
from vaguemestre.mailbox.sorting.events import SortingChanged
from vaguemestre.mailbox.sorting.models import FilterRow
from vaguemestre.mailbox.sorting.rules.filters import MOST_FILTERS, act_of, arranged, check_filter, moved
from vaguemestre.mailbox.sorting.services.revision import changed
from vaguemestre.mailbox.sorting.values import Filter


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
        row = FilterRow.objects.create(account_id=account_id, position=last + 1, **kept)
        wanted = replace(wanted, filter_id=row.pk)
    record("sorting.filter-saved", to=f"account:{account_id}", by=by, at=now, name=wanted.name)
    if known is None or replace(known, name=wanted.name) != wanted:
        _tell(account_id, wanted, by=by, now=now)


def _tell(account_id: int, one: Filter, *, by: str, now: datetime) -> None:
    """Its owner reads of a filter that sends mail on or away. Inside the caller's transaction."""
    act, to = act_of(one.outcome), f"account:{account_id}"
    if not act or not one.is_on:
        return
    if forward := one.outcome.forward_to:
        record("sorting.forward-set", to=to, by=by, at=now, address=forward, number=one.filter_id)
    else:
        record("sorting.filter-deletes", to=to, by=by, at=now, name=one.name, number=one.filter_id)
    where = f", vers {forward}" if forward else ""
    tell(account_id, act, now=now, number=one.filter_id, detail=f"Filtre « {one.name} »{where}")


@transaction.atomic(durable=True)
def switch_filter(account_id: int, filter_id: int, *, is_on: bool, by: str, now: datetime) -> SortingChanged:
    """Switched on again, one that sends mail on or away is told as when it was made."""
    known = queries.filter_of(account_id, filter_id)
    FilterRow.objects.filter(account_id=account_id, pk=filter_id).update(is_on=is_on)
    record("sorting.filter-switched", to=f"account:{account_id}", by=by, at=now, is_on=is_on)
    if known and is_on and not known.is_on:
        _tell(account_id, replace(known, is_on=True), by=by, now=now)
    return changed(account_id)


def stop_filter(account_id: int, number: int, *, by: str, now: datetime) -> bool:
    """« Ce n’était pas moi »: it stays to be looked at, and does nothing. Inside the caller's transaction.

    False: it is gone, or off.
    """
    if not FilterRow.objects.filter(account_id=account_id, pk=number, is_on=True).update(is_on=False):
        return False
    record("sorting.filter-stopped", to=f"account:{account_id}", by=by, at=now, number=number)
    changed(account_id)
    return True


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
