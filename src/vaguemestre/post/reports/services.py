"""Keeping what readers say of senders, and what administrators make of it."""

from datetime import datetime

from django.db import transaction

from vaguemestre.foundation.journal.services import record
from vaguemestre.post.reports.models import Report, SenderChoice
from vaguemestre.post.reports.values import Kind, Showing

_LONGEST_HEADER = 20_000


@transaction.atomic(durable=True)
def choose_showing(account_id: int, address: str, showing: Showing) -> None:
    """Remember what that reader wants of that sender's pictures; ASK forgets the choice."""
    key = address.lower()[:254]
    if showing is Showing.ASK:
        SenderChoice.objects.filter(account_id=account_id, address=key).delete()
        return
    SenderChoice.objects.update_or_create(
        account_id=account_id, address=key, defaults={"showing": showing.value}
    )


@transaction.atomic(durable=True)
def file_report(
    account_id: int,
    kind: Kind,
    *,
    message_id: str,
    sender: str,
    subject: str,
    header: str,
    now: datetime,
) -> None:
    """Put a reported message in the administrators' queue; the same message again is the same report."""
    _, is_new = Report.objects.get_or_create(
        account_id=account_id,
        message_id=message_id[:255],
        kind=kind.value,
        defaults={
            "sender": sender.lower()[:254],
            "subject": subject[:255],
            "header": header.replace("\x00", "")[:_LONGEST_HEADER],
            "at": now,
        },
    )
    if is_new:
        actor = f"account:{account_id}"
        record("reports.message-reported", to=actor, by=actor, at=now, kind=kind.value, sender=sender[:254])


@transaction.atomic(durable=True)
def close_reports(sender: str, *, by: str, now: datetime) -> int:
    """Mark what was reported of that sender as dealt with. Returns how many."""
    done = Report.objects.filter(sender=sender.lower(), done_at__isnull=True).update(done_at=now)
    if done:
        record("reports.reports-closed", to=f"sender:{sender[:200]}", by=by, at=now, count=done)
    return done


@transaction.atomic(durable=True)
def forget_person(account_id: int) -> None:
    """Use case: whom they trusted, and what they reported."""
    SenderChoice.objects.filter(account_id=account_id).delete()
    Report.objects.filter(account_id=account_id).delete()
