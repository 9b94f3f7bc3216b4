"""Copies of a letter: their recipients, reasons and delivery states."""

from datetime import datetime

from django.db.models import Q

from vaguemestre.post.outbox.queries import count_recipients_by_state, delivery_statuses
from vaguemestre.schools.lists.models import LetterCopy, ListLetter
from vaguemestre.schools.lists.rules.list_address import bounce_prefix
from vaguemestre.schools.lists.values import CopyStatus, DeliveryCounts


def reasons_for_person(letter_id: int, person_id: int) -> tuple[str, ...] | None:
    """Why a person received a letter; None if they did not."""
    if not person_id:
        return None
    rows = LetterCopy.objects.filter(letter_id=letter_id, person_id=person_id)
    reasons = rows.values_list("reasons", flat=True).first()
    return None if reasons is None else tuple(reasons)


def reasons_for_address(letter_id: int, address: str) -> tuple[str, ...] | None:
    """Why an external address received a letter; None if it did not."""
    rows = LetterCopy.objects.filter(letter_id=letter_id, address=address, person__isnull=True)
    reasons = rows.values_list("reasons", flat=True).first()
    return None if reasons is None else tuple(reasons)


def delivery_counts(row: ListLetter) -> DeliveryCounts:
    """How many copies are in each state: four SQL queries, however long the list."""
    reported = count_recipients_by_state(row.list.account_id, _sender_prefix(row))
    total = row.copies.count()
    submitted = row.batches.filter(submitted_at__isnull=False, reason="").values("number")
    submitted_count = row.copies.filter(number__in=submitted).count()
    refused = row.batches.exclude(reason="").values("number")
    refused_count = row.copies.filter(number__in=refused).count()
    counts = {state: count for state, count in reported.items() if count}
    # Submitted copies without a delivery status are on our queue.
    unreported = submitted_count - sum(counts.values())
    counts["accepted"] = counts.get("accepted", 0) + max(0, unreported)
    counts["refused"] = counts.get("refused", 0) + refused_count
    counts["waiting"] = max(0, total - submitted_count - refused_count)
    return DeliveryCounts(total, {state: count for state, count in counts.items() if count})


def copy_statuses(row: ListLetter, *, search: str, offset: int, limit: int) -> tuple[CopyStatus, ...]:
    """Recipients by address, with the delivery state of their copy."""
    rows = row.copies.order_by("address")
    if search:
        rows = rows.filter(Q(address__icontains=search) | Q(name__icontains=search))
    copies = list(rows[offset : offset + limit])
    addresses = [copy.address for copy in copies]
    statuses = delivery_statuses(row.list.account_id, _sender_prefix(row), addresses)
    numbers = {copy.number for copy in copies}
    batches = {batch.number: batch for batch in row.batches.filter(number__in=numbers)}
    result = []
    for copy in copies:
        batch, status = batches.get(copy.number), statuses.get(copy.address)
        if batch is not None and batch.reason:
            result.append(_copy_status(copy, "refused", batch.submitted_at, batch.reason))
        elif status is not None:
            result.append(_copy_status(copy, status.state.value, status.at, status.reason))
        elif batch is not None and batch.submitted_at:
            result.append(_copy_status(copy, "accepted", batch.submitted_at))
        else:
            result.append(_copy_status(copy, "waiting"))
    return tuple(result)


def count_in_flight(row: ListLetter, since: datetime) -> int:
    """How many copies submitted since then have no delivery status yet."""
    recent = row.batches.filter(submitted_at__gte=since).values("number")
    submitted = row.copies.filter(number__in=recent).count()
    reported = count_recipients_by_state(row.list.account_id, _sender_prefix(row), since=since)
    return submitted - sum(reported.values())


def _sender_prefix(row: ListLetter) -> str:
    """Beginning of the envelope senders of a letter's batches."""
    return bounce_prefix(row.list.address, row.pk)


def _copy_status(copy: LetterCopy, state: str, at: datetime | None = None, reason: str = "") -> CopyStatus:
    return CopyStatus(copy.address, copy.name, tuple(copy.reasons), state, at, reason)
