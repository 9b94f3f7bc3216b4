"""Delivery status of each recipient, from the steps of messages and from the reports that come back."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from vaguemestre.people.directory.queries import find_academy_id
from vaguemestre.post.outbox.models import (
    LogCursor,
    OutboxMessage,
    RecipientStatus,
    SenderState,
    Submission,
)
from vaguemestre.post.outbox.ports import DeliveriesAfter, FindReports, OnDeliveries
from vaguemestre.post.outbox.rules.delivery_status import supersedes
from vaguemestre.post.outbox.rules.reports import Report, read_report
from vaguemestre.post.outbox.values import DeliveryEvent, DeliveryState, HoldState, ReportPosition

_STEPS = "steps"
_EVENTS_PER_QUERY = 500


class _Update(NamedTuple):
    """A delivery status to store."""

    submission_id: int
    recipient: str
    state: DeliveryState
    status: str
    diagnostic: str
    at: datetime


def _ignore(deliveries: Sequence[DeliveryEvent]) -> None:
    """No listener."""


def read_deliveries(deliveries_after: DeliveriesAfter, *, on_deliveries: OnDeliveries = _ignore) -> int:
    """Store the statuses that the steps of messages have gained, exactly once. Returns how many were stored.

    `on_deliveries` is called with every event, in the same transaction.
    """
    cursor, _ = LogCursor.objects.get_or_create(name=_STEPS)
    deliveries, last = deliveries_after(cursor.offset)
    if last == cursor.offset:
        return 0
    with transaction.atomic(durable=True):
        cursor.offset = last
        cursor.save(update_fields=("offset",))
        on_deliveries(deliveries)
        return _store_deliveries(deliveries)


def collect_reports(
    account_id: int, mailbox: str, session_key: str, find_reports: FindReports, *, now: datetime
) -> int:
    """Store the statuses given by new reports of the inbox. Returns how many were stored."""
    sender, _ = SenderState.objects.get_or_create(account_id=account_id)
    position = ReportPosition(sender.reports_validity, sender.reports_uid)
    contents, end = find_reports(mailbox, session_key, position)
    with transaction.atomic(durable=True):
        count = sum(
            _store_report(account_id, report, now) for content in contents for report in read_report(content)
        )
        sender.reports_validity, sender.reports_uid = end.uid_validity, end.uid
        sender.reports_at = now
        sender.save(update_fields=("reports_validity", "reports_uid", "reports_at"))
    return count


def forget_domain(domain: str, *, now: datetime) -> None:
    """Delete every trace of messages to addresses of a domain, unless they are held or not yet sent.

    Inside the caller's transaction.
    """
    to_domain = {"recipients__icontains": f"@{domain}"}
    Submission.objects.filter(at__lt=now, **to_domain).exclude(hold=HoldState.HELD).delete()
    OutboxMessage.objects.filter(state__in=OutboxMessage.ENDED, created_at__lt=now, **to_domain).delete()


def _store_deliveries(deliveries: Sequence[DeliveryEvent]) -> int:
    count = 0
    for start in range(0, len(deliveries), _EVENTS_PER_QUERY):
        batch = deliveries[start : start + _EVENTS_PER_QUERY]
        rows = Submission.objects.filter(queue_id__in={event.queue_id for event in batch})
        submission_ids = dict(rows.values_list("queue_id", "pk"))
        # Steps are chronological: the last event of a recipient wins.
        latest = {
            (submission_ids[event.queue_id], event.recipient): event
            for event in batch
            if event.queue_id in submission_ids
        }
        count += _store_statuses(
            _Update(submission_id, recipient, event.state, event.status, event.diagnostic, event.at)
            for (submission_id, recipient), event in latest.items()
        )
    return count


def _store_report(account_id: int, report: Report, now: datetime) -> int:
    """Anybody may forge a report: it is matched with submissions of its own account only, and says what
    whoever handed it over may know.
    """
    rows = Submission.objects.filter(account_id=account_id, message_id=report.message_id[:255])
    return _store_statuses(
        _Update(submission_id, recipient, report.state, report.status, report.diagnostic, now)
        for submission_id, recipients in rows.values_list("pk", "recipients")
        if (recipient := _matching_recipient(report, recipients))
    )


def _matching_recipient(report: Report, recipients: Sequence[str]) -> str:
    """The recipient a report is about. A read receipt may come from another address of the only recipient."""
    address = report.recipient.lower()
    match = next((recipient for recipient in recipients if recipient.lower() == address), "")
    if len(recipients) > 1:  # each of them knows the Message-ID that a report names
        return match if match and _may_speak_for(report, address) else ""
    return match or (recipients[0] if recipients and report.state is DeliveryState.READ else "")


def _may_speak_for(report: Report, address: str) -> bool:
    """Whether a report on one of several recipients is of whom it should be.

    Of an address here, our own mail service alone tells that it was refused, and its owner that it was read.
    Of an address elsewhere nothing proves who tells, servers report for others under other names: whatever
    came from outside is heard.
    """
    if report.author:
        return report.author == address
    is_here = bool(find_academy_id(address.rpartition("@")[2]))  # shared mailboxes, lists, details (+) too
    return report.is_bounce_of_ours or (report.is_foreign and not is_here)


def _store_statuses(updates: Iterable[_Update]) -> int:
    """Create or update the rows that the updates supersede. Returns how many."""
    pending = list(updates)
    rows = RecipientStatus.objects.filter(submission_id__in={update.submission_id for update in pending})
    present = {(row.submission_id, row.recipient): row for row in rows}
    created, changed = [], []
    for update in pending:
        row = present.get((update.submission_id, update.recipient))
        if row is None:
            row = RecipientStatus(submission_id=update.submission_id, recipient=update.recipient[:254])
            created.append(row)
        elif supersedes(DeliveryState(row.state), update.state):
            changed.append(row)
        else:
            continue
        row.state, row.status, row.diagnostic = update.state, update.status[:12], update.diagnostic[:500]
        row.at = update.at
    RecipientStatus.objects.bulk_create(created, ignore_conflicts=True)
    RecipientStatus.objects.bulk_update(changed, ("state", "status", "diagnostic", "at"))
    return len(created) + len(changed)
