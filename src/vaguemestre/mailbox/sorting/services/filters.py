"""Store, switch, order, import and delete filters."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from vaguemestre.access.signin.services import notify_owner
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.sorting import queries
from vaguemestre.mailbox.sorting.events import SortingChanged
from vaguemestre.mailbox.sorting.models import FilterRow
from vaguemestre.mailbox.sorting.ports import CreateLabel
from vaguemestre.mailbox.sorting.rules.filters import (
    MAX_FILTERS,
    check_filter,
    reorder,
    security_notice_of,
    shift_position,
)
from vaguemestre.mailbox.sorting.services.revision import bump_revision
from vaguemestre.mailbox.sorting.values import Filter


@transaction.atomic(durable=True)
def save_filter(
    account_id: int,
    mail_filter: Filter,
    folders: Collection[str],
    *,
    by: str,
    now: datetime,
    forwards_outside: bool = False,
    create_label: CreateLabel | None = None,
) -> SortingChanged:
    """Add a filter (`filter_id` 0) at the end of the list, or change one. `folders`: names in the mailbox.

    Creates the label it puts, if that is missing. The owner is notified of a redirect or deletion.
    Raises Refusal `sorting.filter-…`, and those of `create_label`.
    """
    store_filter(
        account_id, mail_filter, folders, by=by, now=now,
        forwards_outside=forwards_outside, create_label=create_label,
    )  # fmt: skip
    return bump_revision(account_id)


@transaction.atomic(durable=True)
def import_filters(
    account_id: int,
    filters: Sequence[Filter],
    folders: Collection[str],
    *,
    by: str,
    now: datetime,
    forwards_outside: bool = False,
    create_label: CreateLabel | None = None,
) -> SortingChanged:
    """Add the filters after the present ones, all or none. Raises as `save_filter`."""
    for mail_filter in filters:
        store_filter(
            account_id, mail_filter, folders, by=by, now=now,
            forwards_outside=forwards_outside, create_label=create_label,
        )  # fmt: skip
    return bump_revision(account_id)


def store_filter(
    account_id: int,
    mail_filter: Filter,
    folders: Collection[str],
    *,
    by: str,
    now: datetime,
    forwards_outside: bool,
    create_label: CreateLabel | None,
) -> None:
    """Check and store one filter, creating the label it puts. Inside the caller's transaction.

    Raises Refusal `sorting.filter-…`, and those of `create_label`.
    """
    forwards = mail_filter.outcome.forward_to
    owner = queries.owner_of(account_id, now) if forwards else None
    check_filter(mail_filter, folders, owner=owner, forwards_outside=forwards_outside)
    if create_label and mail_filter.outcome.label:
        create_label(account_id, mail_filter.outcome.label)
    account_filters = FilterRow.objects.filter(account_id=account_id)
    fields = {
        "name": mail_filter.name,
        "is_on": mail_filter.is_on,
        "matches_all": mail_filter.matches_all,
        "conditions": [asdict(condition) for condition in mail_filter.conditions],
        "outcome": asdict(mail_filter.outcome),
    }
    previous = queries.filter_of(account_id, mail_filter.filter_id) if mail_filter.filter_id else None
    if mail_filter.filter_id:
        if not account_filters.filter(pk=mail_filter.filter_id).update(**fields):
            raise Refusal("sorting.filter-gone")
    else:
        if account_filters.count() >= MAX_FILTERS:
            raise Refusal("sorting.filter-many", most=MAX_FILTERS)
        last = account_filters.aggregate(last=Max("position"))["last"] or 0
        row = FilterRow.objects.create(account_id=account_id, position=last + 1, **fields)
        mail_filter = replace(mail_filter, filter_id=row.pk)
    record("sorting.filter-saved", to=account_subject(account_id), by=by, at=now, name=mail_filter.name)
    if previous is None or replace(previous, name=mail_filter.name) != mail_filter:
        notify_owner_of(account_id, mail_filter, by=by, now=now)


def notify_owner_of(account_id: int, mail_filter: Filter, *, by: str, now: datetime) -> None:
    """Notify the owner of a filter that redirects or deletes mail. Inside the caller's transaction."""
    notice, to = security_notice_of(mail_filter.outcome), account_subject(account_id)
    if not notice or not mail_filter.is_on:
        return
    if forward := mail_filter.outcome.forward_to:
        record("sorting.forward-set", to=to, by=by, at=now, address=forward, number=mail_filter.filter_id)
    else:
        record(
            "sorting.filter-deletes",
            to=to,
            by=by,
            at=now,
            name=mail_filter.name,
            number=mail_filter.filter_id,
        )
    where = f", vers {forward}" if forward else ""
    notify_owner(
        account_id,
        notice,
        now=now,
        number=mail_filter.filter_id,
        detail=f"Filtre « {mail_filter.name} »{where}",
    )


@transaction.atomic(durable=True)
def switch_filter(account_id: int, filter_id: int, *, is_on: bool, by: str, now: datetime) -> SortingChanged:
    """Switch a filter; switching on one that redirects or deletes notifies the owner again."""
    previous = queries.filter_of(account_id, filter_id)
    FilterRow.objects.filter(account_id=account_id, pk=filter_id).update(is_on=is_on)
    named = {"name": previous.name} if previous else {}
    record("sorting.filter-switched", to=account_subject(account_id), by=by, at=now, is_on=is_on, **named)
    if previous and is_on and not previous.is_on:
        notify_owner_of(account_id, replace(previous, is_on=True), by=by, now=now)
    return bump_revision(account_id)


def stop_filter(account_id: int, number: int, *, by: str, now: datetime) -> bool:
    """Switch off filter `number`, after « Ce n’était pas moi ». Inside the caller's transaction.

    False when it is gone or already off.
    """
    if not FilterRow.objects.filter(account_id=account_id, pk=number, is_on=True).update(is_on=False):
        return False
    record("sorting.filter-stopped", to=account_subject(account_id), by=by, at=now, number=number)
    bump_revision(account_id)
    return True


@transaction.atomic(durable=True)
def drop_filter(account_id: int, filter_id: int, *, by: str, now: datetime) -> SortingChanged:
    previous = queries.filter_of(account_id, filter_id)
    FilterRow.objects.filter(account_id=account_id, pk=filter_id).delete()
    named = {"name": previous.name} if previous else {}
    record("sorting.filter-dropped", to=account_subject(account_id), by=by, at=now, **named)
    return bump_revision(account_id)


@transaction.atomic(durable=True)
def shift_filter(account_id: int, filter_id: int, places: int) -> SortingChanged:
    """Move a filter one place up (-1) or down (+1)."""
    return _store_order(account_id, shift_position(_order(account_id), filter_id, places))


@transaction.atomic(durable=True)
def arrange_filters(account_id: int, order: Sequence[int]) -> SortingChanged:
    """Put the filters in the order of the dragged list."""
    return _store_order(account_id, reorder(_order(account_id), order))


def _order(account_id: int) -> list[int]:
    return list(FilterRow.objects.filter(account_id=account_id).values_list("pk", flat=True))


def _store_order(account_id: int, order: Sequence[int]) -> SortingChanged:
    for position, pk in enumerate(order, start=1):
        FilterRow.objects.filter(account_id=account_id, pk=pk).update(position=position)
    return bump_revision(account_id)
