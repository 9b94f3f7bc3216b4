"""Reads of mailings: progress, previews, cautions."""

import hashlib
import json
from datetime import datetime

from django.db.models import Count, Q
from django.utils import timezone

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.compose.models import Composition, Mailing
from vaguemestre.mailbox.compose.queries.drafts import enclosures_of, file_links_of_row, picture_ids
from vaguemestre.mailbox.compose.rules.mail_merge import merged_html, merged_subject
from vaguemestre.mailbox.compose.rules.merge_weight import check_added, column_uses
from vaguemestre.mailbox.compose.rules.outgoing_html import draft_html, html_of_text
from vaguemestre.mailbox.compose.rules.recipients import lenient_recipients
from vaguemestre.mailbox.compose.values import CopyPreview, InvalidRow, MailingState, MailingStatus, MergeCopy
from vaguemestre.post.outbox.queries import copies_by_state, count_withdrawn_copies
from vaguemestre.post.outbox.rules.text import plain_text
from vaguemestre.post.outbox.values import OutboxState
from vaguemestre.post.tracking.ports import UnfinishedMailing
from vaguemestre.schools.rosters.rules.content_warnings import content_warnings
from vaguemestre.schools.rosters.values import ContentWarning

PREVIEWS = 3
MAX_UNFINISHED = 200


def find_mailing(account_id: int, key: str) -> MailingStatus | None:
    """Status of the mailing of that draft, if the account owns it."""
    mailing = Mailing.objects.select_related("composition").filter(account_id=account_id, key=key).first()
    if mailing is None:
        return None
    states = copies_by_state(account_id, mailing.series)
    withdrawn = count_withdrawn_copies(account_id, mailing.series) if states.get(OutboxState.REFUSED) else 0
    return MailingStatus(
        id=mailing.pk,
        state=MailingState(mailing.state),
        total=mailing.copies.count(),
        queued=mailing.copies.exclude(queued_at=None).count(),
        sent=states.get(OutboxState.FILED, 0) + states.get(OutboxState.SUBMITTED, 0),
        refused=states.get(OutboxState.REFUSED, 0) + states.get(OutboxState.CANCELLED, 0) - withdrawn,
        withdrawn=withdrawn,
        invalid_rows=tuple(InvalidRow(*entry) for entry in mailing.wrong),
        previews=_previews(mailing),
        source=mailing.source,
        audiences=tuple(mailing.audiences),
        sender=mailing.sender,
        cautions=cautions_of(mailing),
        due_at=mailing.due_at,
        subject=mailing.composition.subject if mailing.composition else "",
        repeated=_repeated_addresses(mailing),
        is_to_come=mailing.due_at is not None and mailing.due_at > timezone.now(),
        proof=proof_of(mailing),
        files=_file_names(mailing.composition) if mailing.composition else (),
        left_out=_left_out(mailing),
    )


def mailing_of_copies(account_id: int, series: str) -> str:
    """Key of the mailing whose copies have that series, if the account owns it, else ""."""
    mailings = Mailing.objects.filter(account_id=account_id, series=series)
    return mailings.values_list("key", flat=True).first() or ""


def _file_names(row: Composition) -> tuple[str, ...]:
    """Names of the files that go along, pictures inside the text left out."""
    attached = [enclosure.name for enclosure in enclosures_of(row) if not enclosure.is_picture]
    return (*attached, *(f"{link.name} (lien)" for link in file_links_of_row(row)))


def proof_of(mailing: Mailing) -> str:
    """Digest of what its writer proofreads: the copies prepared, text, attachments, links, sender.

    Another window, or another member of a shared mailbox, may change them before it is sent.
    """
    row = mailing.composition
    if row is None or mailing.state != MailingState.READY:
        return ""
    enclosures = row.enclosures.order_by("pk").values_list("pk", "name", "size")
    links = sorted(row.shared_files.values_list("pk", flat=True))
    letter = (row.subject, row.text if row.is_plain else row.html, row.quote, row.identity_id)
    seen = (mailing.series, mailing.sender, *letter, [list(enclosure) for enclosure in enclosures], links)
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()


def _repeated_addresses(mailing: Mailing) -> int:
    if mailing.state != MailingState.READY:
        return 0
    copies = mailing.copies.order_by().values("address").annotate(count=Count("pk"))
    return copies.filter(count__gt=1).count()


def _left_out(mailing: Mailing) -> tuple[str, ...]:
    """Addresses typed in the message of a mailing that follows a table, without a copy."""
    row = mailing.composition
    if row is None or mailing.state != MailingState.READY or not mailing.source:
        return ()
    recipients, unreadable = lenient_recipients(f"{row.to}, {row.cc}, {row.bcc}")
    addressed = set(mailing.copies.values_list("address", flat=True))
    typed = (*(recipient.address for recipient in recipients), *unreadable)
    return tuple(address for address in typed if address not in addressed)


def unfinished_mailings(account_id: int, now: datetime) -> tuple[UnfinishedMailing, ...]:
    """Implements `tracking.ports.UnfinishedMailings`."""
    states = (MailingState.RUNNING, MailingState.STOPPED)
    rows = Mailing.objects.filter(account_id=account_id, state__in=states).exclude(composition=None)
    rows = rows.order_by("due_at", "pk").annotate(total=Count("copies"))
    columns = rows.values_list("key", "composition__subject", "total", "due_at", "state")[:MAX_UNFINISHED]
    return tuple(
        UnfinishedMailing(
            key, subject, total, due_at, bool(due_at and due_at > now), state == MailingState.STOPPED
        )
        for key, subject, total, due_at, state in columns
    )


def cautions_of(mailing: Mailing) -> tuple[ContentWarning, ...]:
    """Cautions about the current text and file names of a message to classes."""
    row = mailing.composition
    if row is None or not mailing.audiences:
        return ()
    text = row.text if row.is_plain else plain_text(row.html)
    names = row.enclosures.values_list("name", flat=True)
    return content_warnings(row.subject, text, plain_text(row.quote) if row.quote else "", *names)


def running_mailings(since: datetime) -> list[int]:
    """Ids of the mailings running since before `since`: their job may be lost."""
    running = Mailing.objects.filter(state=MailingState.RUNNING, created_at__lt=since)
    running = running.filter(Q(due_at=None) | Q(due_at__lt=since))
    return list(running.values_list("pk", flat=True))


def _previews(mailing: Mailing) -> tuple[CopyPreview, ...]:
    row = mailing.composition
    if row is None:
        return ()
    picture_paths = set(picture_ids(row))
    text = html_of_text(row.text) if row.is_plain else row.html
    copies = [
        MergeCopy(copy.number, copy.name, copy.address, copy.values)
        for copy in mailing.copies.all()[:PREVIEWS]
    ]
    try:  # the text may have changed since it was prepared
        uses = column_uses(row.subject, text)
        for copy in copies:
            check_added(uses, copy)
    except Refusal:
        return ()
    previews = []
    for copy in copies:
        html = merged_html(text, copy.values)
        subject = merged_subject(row.subject, copy.values)
        previews.append(
            CopyPreview(copy.name, copy.address, subject, draft_html(html, picture_paths.__contains__))
        )
    return tuple(previews)
