"""Keeping what is typed: in the database at once, then as the one draft of the mailbox."""

import secrets
from datetime import datetime

from django.db import transaction

from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused, Refusal
from vaguemestre.mailbox.compose.models import Composition, Slice
from vaguemestre.mailbox.compose.queries import picture_path
from vaguemestre.mailbox.compose.services.rows import (
    draft_letter,
    draft_message_id,
    fresh_key,
    own_row,
    ref_columns,
    row_for,
    say_answering,
    text_columns,
)
from vaguemestre.mailbox.compose.values import Forked, Saved, Writer, Written
from vaguemestre.post.mailstore.ports import Mailbox, OpenMailbox
from vaguemestre.post.mailstore.values import Flag, MailLogin, Use
from vaguemestre.post.outbox.rules.message import compose, with_bcc


def save_writing(
    writer: Writer,
    key: str,
    written: Written,
    revision: int,
    open_mailbox: OpenMailbox,
    *,
    is_untouched: bool = False,
    now: datetime,
) -> Saved:
    """Keep the text, then match the draft; a mailbox that is away or full does not stop the first.

    `revision`: the save this text was typed upon; the same text again is fine. `is_untouched`: the text is
    again what the composer opened with, so no draft is left. Raises Refusal `compose.changed-elsewhere` when
    another window saved since, `compose.already-sent`, `compose.too-long`, `compose.gone`.
    """
    row, is_new = _keep_text(writer, key, written, revision, now)
    try:
        if is_untouched:
            remove_drafts(row.draft_message_id, writer.login, open_mailbox)
            Composition.objects.filter(pk=row.pk).update(draft=None)
        else:
            with open_mailbox(writer.login) as mailbox:
                match_draft(row, writer, mailbox, now=now)
    except (EngineDown, EngineRefused):
        return Saved(row.revision, is_new, "compose.draft-later")
    except Refusal as refusal:
        return Saved(row.revision, is_new, refusal.code)
    return Saved(row.revision, is_new)


@transaction.atomic(durable=True)
def fork_writing(writer: Writer, key: str, *, now: datetime) -> Forked:
    """A second message of what that composer holds, when two windows wrote on: both are kept."""
    row = own_row(writer.account_id, key)
    enclosures, deposits = list(row.enclosures.order_by("pk")), list(row.deposits.all())
    fresh = fresh_key()
    row.pk, row.key, row.draft_message_id = None, fresh, draft_message_id(fresh, writer)
    row.draft, row.revision, row.attempt, row.is_sending = None, 0, 0, False
    row.created_at = row.updated_at = now
    row.save(force_insert=True)
    row.deposits.set(deposits)
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
    return Forked(fresh, paths)


def match_draft(row: Composition, writer: Writer, mailbox: Mailbox, *, now: datetime) -> None:
    """Put the newest text in the drafts folder and take the former ones away: one is left.

    The new one is written before the old one goes, and all carry the same Message-ID: a cut between the two
    leaves two copies that the next save joins again. Raises the mailbox's errors.
    """
    letter = draft_letter(row, writer, now)
    content = with_bcc(compose(letter, boundary=secrets.token_hex(16)), letter.bcc)
    folder = drafts_folder(mailbox)
    kept = mailbox.append(folder, content, (Flag.DRAFT, Flag.SEEN), now)
    former = row.draft
    Composition.objects.filter(pk=row.pk).update(draft=ref_columns(kept))
    over = [ref for ref in mailbox.find_by_message_id(folder, row.draft_message_id) if ref != kept]
    if former and former["folder"] == folder and former["uid_validity"] == kept.uid_validity:
        taken_over = kept.__class__(folder, kept.uid_validity, int(former["uid"]))
        over += [taken_over] if taken_over not in over else []
    if over:
        mailbox.expunge(over)


def remove_drafts(draft_message_id: str, login: MailLogin, open_mailbox: OpenMailbox) -> None:
    """No draft of that message is left. Raises the mailbox's errors; twice is once."""
    with open_mailbox(login) as mailbox:
        found = mailbox.find_by_message_id(drafts_folder(mailbox), draft_message_id)
        if found:
            mailbox.expunge(found)


def drafts_folder(mailbox: Mailbox) -> str:
    """The folder for drafts by its special use (RFC 6154)."""
    return next((folder.name for folder in mailbox.folders() if folder.use is Use.DRAFTS), "Drafts")


@transaction.atomic(durable=True)
def _keep_text(
    writer: Writer, key: str, written: Written, revision: int, now: datetime
) -> tuple[Composition, bool]:
    row, columns = row_for(writer, key, now), text_columns(written, writer.account_id)
    free = Composition.objects.filter(pk=row.pk, is_sending=False, revision=revision)
    is_new = bool(free.update(**columns, revision=revision + 1, updated_at=now))
    row.refresh_from_db()
    if row.is_sending:
        raise Refusal("compose.already-sent")
    if not is_new and any(getattr(row, name) != value for name, value in columns.items()):
        raise Refusal("compose.changed-elsewhere")
    say_answering(row, writer, now)
    return row, is_new
