"""Filing and closing of abuse reports; image policies."""

from datetime import datetime, timedelta

from django.db import transaction

from vaguemestre.foundation.jobs.purge import delete_batch
from vaguemestre.foundation.journal.services import record
from vaguemestre.people.credentials.queries import in_academy
from vaguemestre.post.reports.models import Report, SenderImages
from vaguemestre.post.reports.values import ImagePolicy, ReportKind

_MAX_HEADER_LENGTH = 20_000


@transaction.atomic(durable=True)
def set_image_policy(account_id: int, address: str, policy: ImagePolicy) -> None:
    """Store the reader's policy for the images of that sender; ASK deletes it."""
    key = address.lower()[:254]
    if policy is ImagePolicy.ASK:
        SenderImages.objects.filter(account_id=account_id, address=key).delete()
        return
    SenderImages.objects.update_or_create(
        account_id=account_id, address=key, defaults={"policy": policy.value}
    )


@transaction.atomic(durable=True)
def file_report(
    account_id: int,
    kind: ReportKind,
    *,
    message_id: str,
    sender: str,
    subject: str,
    header: str,
    now: datetime,
) -> None:
    """Add a message to the administrators' queue. Idempotent for a message and a kind."""
    _, is_new = Report.objects.get_or_create(
        account_id=account_id,
        message_id=message_id[:255],
        kind=kind.value,
        defaults={
            "sender": sender.lower()[:254],
            "subject": subject[:255],
            "header": header.replace("\x00", "")[:_MAX_HEADER_LENGTH],
            "at": now,
        },
    )
    if is_new:
        actor = f"account:{account_id}"
        record("reports.message-reported", to=actor, by=actor, at=now, kind=kind.value, sender=sender[:254])


@transaction.atomic(durable=True)
def close_reports(sender: str, *, by: str, now: datetime, academy_id: int = 0) -> int:
    """Close the open reports of that sender, made in one académie unless 0. Returns how many."""
    rows = Report.objects.filter(
        pk__in=Report.objects.filter(in_academy(academy_id, "account__")).values("pk")
    )
    count = rows.filter(sender=sender.lower(), done_at__isnull=True).update(done_at=now)
    if count:
        record("reports.reports-closed", to=f"sender:{sender[:200]}", by=by, at=now, count=count)
    return count


@transaction.atomic(durable=True)
def forget_person(account_id: int) -> None:
    """Use case: delete the person's image policies and reports."""
    SenderImages.objects.filter(account_id=account_id).delete()
    Report.objects.filter(account_id=account_id).delete()


def delete_old_reports(days: int, *, now: datetime) -> None:
    """Delete what was reported more than that many days ago."""
    delete_batch(Report.objects.filter(at__lt=now - timedelta(days=days)))
