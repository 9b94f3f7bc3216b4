"""Save drafts: in the database at once, then as a single draft in the mailbox."""

import secrets
from datetime import datetime

from django.db import transaction

from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused, Refusal
from vaguemestre.mailbox.compose.models import Composition, Slice
from vaguemestre.mailbox.compose.queries import picture_path
from vaguemestre.mailbox.compose.services.rows import (
    draft_letter,
    draft_message_id,
    new_key,
    note_answering,
    own_row,
    ref_columns,
    row_for,
    text_columns,
)
from vaguemestre.mailbox.compose.values import DraftFields, ForkResult, SaveResult, Writer
from vaguemestre.post.mailstore.ports import Mailbox, OpenMailbox
from vaguemestre.post.mailstore.privacy import private_mark
from vaguemestre.post.mailstore.values import Flag, MailLogin, Use
from vaguemestre.post.outbox.rules.message import build_message, with_bcc


def save_draft(
    writer: Writer,
    key: str,
    fields: DraftFields,
    revision: int,
    open_mailbox: OpenMailbox,
    *,
    is_untouched: bool = False,
    now: datetime,
) -> SaveResult:
    """Save the text, then the draft of the mailbox; the text is saved even if the mailbox is down or full.

    `revision`: the save this text is based on; the same text again is accepted. `is_untouched`: the text is
    what the composer opened with, so the draft of the mailbox is removed.
    Raises Refusal `compose.changed-elsewhere` when another window saved since, `compose.already-sent`,
    `compose.too-long`, `compose.gone`.
    """
    row, is_new = _save_text(writer, key, fields, revision, now)
    try:
        if is_untouched:
            remove_drafts(row.draft_message_id, writer.login, open_mailbox)
            Composition.objects.filter(pk=row.pk).update(draft=None)
        else:
            with open_mailbox(writer.login) as mailbox:
                match_draft(row, writer, mailbox, now=now)
    except (EngineDown, EngineRefused):
        return SaveResult(row.revision, is_new, "compose.draft-later")
    except Refusal as refusal:
        return SaveResult(row.revision, is_new, refusal.code)
    return SaveResult(row.revision, is_new)


@transaction.atomic(durable=True)
def fork_draft(writer: Writer, key: str, *, now: datetime) -> ForkResult:
    """Copy the draft after a conflict between two windows, so that both texts are kept."""
    row = own_row(writer.account_id, key)
    enclosures, shared_files = list(row.enclosures.order_by("pk")), list(row.shared_files.all())
    fresh = new_key()
    row.pk, row.key, row.draft_message_id = None, fresh, draft_message_id(fresh, writer)
    row.draft, row.revision, row.attempt, row.is_sending = None, 0, 0, False
    row.created_at = row.updated_at = now
    row.save(force_insert=True)
    row.shared_files.set(shared_files)
    paths = {}
    for enclosure in enclosures:
        former = picture_path(enclosure.pk)
        slices = list(enclosure.slices.all())
        enclosure.pk, enclosure.composition = None, row
        enclosure.save(force_insert=True)
        for piece in slices:
            piece.pk, piece.enclosure = None, enclosure
        Slice.objects.bulk_create(slices)
        paths[former] = picture_path(enclosure.pk)
    for former, path in paths.items():
        row.quote = row.quote.replace(former, path)
    row.save(update_fields=("quote",))
    return ForkResult(fresh, paths)


def match_draft(row: Composition, writer: Writer, mailbox: Mailbox, *, now: datetime) -> None:
    """Write the text into the drafts folder and remove its former drafts.

    The new draft is written before the old one is removed, and all have the same Message-ID: an interruption
    leaves two drafts, which the next save merges. Raises the mailbox's errors.
    """
    letter = draft_letter(row, writer, now)
    content = with_bcc(build_message(letter, boundary=secrets.token_hex(16)), letter.bcc)
    folder = drafts_folder(mailbox)
    flags = (Flag.DRAFT, Flag.SEEN, *private_mark(content))
    draft_ref = mailbox.append(folder, content, flags, now)
    former_draft = row.draft
    Composition.objects.filter(pk=row.pk).update(draft=ref_columns(draft_ref))
    obsolete_refs = [
        ref for ref in mailbox.find_by_message_id(folder, row.draft_message_id) if ref != draft_ref
    ]
    if (
        former_draft
        and former_draft["folder"] == folder
        and former_draft["uid_validity"] == draft_ref.uid_validity
    ):
        former_ref = draft_ref.__class__(folder, draft_ref.uid_validity, int(former_draft["uid"]))
        obsolete_refs += [former_ref] if former_ref not in obsolete_refs else []
    if obsolete_refs:
        mailbox.expunge(obsolete_refs)


def remove_drafts(draft_message_id: str, login: MailLogin, open_mailbox: OpenMailbox) -> None:
    """Remove the drafts of that message from the mailbox. Idempotent. Raises the mailbox's errors."""
    with open_mailbox(login) as mailbox:
        refs = mailbox.find_by_message_id(drafts_folder(mailbox), draft_message_id)
        if refs:
            mailbox.expunge(refs)


def drafts_folder(mailbox: Mailbox) -> str:
    """Name of the drafts folder, by its special use (RFC 6154)."""
    return next((folder.name for folder in mailbox.folders() if folder.use is Use.DRAFTS), "Drafts")


@transaction.atomic(durable=True)
def _save_text(
    writer: Writer, key: str, fields: DraftFields, revision: int, now: datetime
) -> tuple[Composition, bool]:
    row, columns = row_for(writer, key, now), text_columns(fields, writer.account_id)
    matching = Composition.objects.filter(pk=row.pk, is_sending=False, revision=revision)
    is_new = bool(matching.update(**columns, revision=revision + 1, updated_at=now))
    row.refresh_from_db()
    if row.is_sending:
        raise Refusal("compose.already-sent")
    if not is_new and any(getattr(row, name) != value for name, value in columns.items()):
        raise Refusal("compose.changed-elsewhere")
    note_answering(row, writer, now)
    return row, is_new
