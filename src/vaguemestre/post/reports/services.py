"""Filing and closing of abuse reports; votes that teach the filter; image policies."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction

from vaguemestre.foundation.jobs.purge import delete_batch
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import Subject, account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.queries import in_academy
from vaguemestre.post.mailstore.ports import Mailbox, OpenMailbox
from vaguemestre.post.mailstore.values import MailLogin, Use
from vaguemestre.post.reports.events import VoteCast
from vaguemestre.post.reports.models import Report, SenderImages, Vote
from vaguemestre.post.reports.ports import TeachFilter
from vaguemestre.post.reports.rules import majority, vote_key
from vaguemestre.post.reports.values import CastVote, ImagePolicy, ReportKind, VotedMessage

_MAX_HEADER_LENGTH = 20_000
_SEARCHED = (Use.JUNK, Use.INBOX, Use.ARCHIVE, Use.TRASH)  # then wherever it was seen


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
        actor = account_subject(account_id)
        record("reports.message-reported", to=actor, by=actor, at=now, kind=kind.value, sender=sender[:254])


@transaction.atomic(durable=True)
def cast_vote(account_id: int, content: bytes, seen: VotedMessage, *, is_junk: bool, now: datetime) -> None:
    """Count one vote of that person on that message, in place of an earlier one. A job teaches the filter."""
    key = vote_key(seen.message_id, content)
    row = Vote.objects.filter(account_id=account_id, message=key).first()
    if row is not None and row.is_junk == is_junk:
        return
    lesson = Vote.objects.filter(message=key, taught__isnull=False).values_list("taught", flat=True).first()
    Vote.objects.update_or_create(
        account_id=account_id,
        message=key,
        defaults={
            "is_junk": is_junk, "mailbox": seen.mailbox, "folder": seen.folder[:255],
            "message_id": seen.message_id[:255], "at": now, "taught": lesson,
        },
    )  # fmt: skip
    announce(VoteCast(key))


def teach_vote(key: str, open_mailbox: OpenMailbox, teach_filter: TeachFilter) -> None:
    """Teach the filter what most say of a message, if it was not told so yet. Idempotent.

    The text is read in the mailbox of one who voted; once it is in none of them, nothing is taught. Raises
    EngineDown.
    """
    votes = list(Vote.objects.filter(message=key).order_by("-at"))
    if not votes:
        return
    is_junk = majority([CastVote(vote.is_junk, vote.at) for vote in votes])
    if any(vote.taught == is_junk for vote in votes):
        return
    content = next((found for vote in votes if (found := _content(vote, open_mailbox)) is not None), None)
    if content is None:
        return
    teach_filter(content, is_junk=is_junk)
    Vote.objects.filter(message=key).update(taught=is_junk)


def _content(vote: Vote, open_mailbox: OpenMailbox) -> bytes | None:
    try:
        with open_mailbox(MailLogin(vote.mailbox)) as mailbox:
            return next(_copies(vote, mailbox), None)
    except Refusal:  # the mailbox is closed
        return None


def _copies(vote: Vote, mailbox: Mailbox) -> Iterator[bytes]:
    names = {folder.use: folder.name for folder in mailbox.folders()}
    folders = [vote.folder, *(names[use] for use in _SEARCHED if use in names)]
    for folder in dict.fromkeys(folders):
        try:
            for ref in mailbox.find_by_message_id(folder, vote.message_id):
                content = mailbox.raw(ref)
                if vote_key(vote.message_id, content) == vote.message:
                    yield content
        except Refusal:  # the folder, or the message, is gone
            continue


@transaction.atomic(durable=True)
def close_reports(sender: str, *, by: str, now: datetime, academy_id: int = 0) -> int:
    """Close the open reports of that sender, made in one académie unless 0. Returns how many."""
    rows = Report.objects.filter(
        pk__in=Report.objects.filter(in_academy(academy_id, "account__")).values("pk")
    )
    count = rows.filter(sender=sender.lower(), done_at__isnull=True).update(done_at=now)
    if count:
        record("reports.reports-closed", to=str(Subject("sender", sender[:200])), by=by, at=now, count=count)
    return count


@transaction.atomic(durable=True)
def forget_person(account_id: int) -> None:
    """Use case: delete the person's image policies, reports and votes."""
    SenderImages.objects.filter(account_id=account_id).delete()
    Report.objects.filter(account_id=account_id).delete()
    Vote.objects.filter(account_id=account_id).delete()


def delete_old_reports(days: int, *, now: datetime) -> None:
    """Delete what was reported or voted on more than that many days ago."""
    delete_batch(Report.objects.filter(at__lt=now - timedelta(days=days)))
    delete_batch(Vote.objects.filter(at__lt=now - timedelta(days=days)))
