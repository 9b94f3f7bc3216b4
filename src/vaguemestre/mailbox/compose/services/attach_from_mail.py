"""Attachments taken from the mailbox itself: a whole message, or files of one. Nothing is sent up again."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.compose.rules.original import file_name, message_name, pieces_of, without_hidden
from vaguemestre.mailbox.compose.services.attachments import MOST_ENCLOSURES, TEXT_ROOM, keep_whole
from vaguemestre.mailbox.compose.services.rows import row_for
from vaguemestre.mailbox.compose.values import EnclosureShown, Writer
from vaguemestre.post.mailstore.ports import Mailbox
from vaguemestre.post.mailstore.values import MessageRef
from vaguemestre.post.outbox.rules.message import check_size

type Borrowed = tuple[str, str, bytes]  # name, kind, content


def borrow(
    writer: Writer,
    key: str,
    ref: MessageRef,
    numbers: Sequence[str],
    mailbox: Mailbox,
    *,
    is_whole: bool,
    limit: int,
    now: datetime,
) -> tuple[EnclosureShown, ...]:
    """Attach the files of those part numbers, or the message itself.

    Raises MessageGone, Refusal `outbox.too-large`, `compose.too-many-enclosures`, `compose.already-sent`,
    `compose.nothing-to-join`, the mailbox's errors.
    """
    found = [whole_message(mailbox, ref)] if is_whole else _files(mailbox, ref, numbers)
    if not found:
        raise Refusal("compose.nothing-to-join")
    return _kept(writer, key, found, limit, now)


def whole_message(mailbox: Mailbox, ref: MessageRef) -> Borrowed:
    """The message as a file: its hidden recipients stay between its author and us."""
    opened = mailbox.open(ref)
    return message_name(opened.subject), "message/rfc822", without_hidden(mailbox.raw(ref))


def _files(mailbox: Mailbox, ref: MessageRef, numbers: Sequence[str]) -> list[Borrowed]:
    wanted = set(numbers)
    files = [part for part in pieces_of(mailbox.open(ref).root).files if part.number in wanted]
    return [(file_name(part), part.kind, mailbox.part(ref, part.number)) for part in files]


@transaction.atomic(durable=True)
def _kept(
    writer: Writer, key: str, found: list[Borrowed], limit: int, now: datetime
) -> tuple[EnclosureShown, ...]:
    row = row_for(writer, key, now)
    if row.is_sending:
        raise Refusal("compose.already-sent")
    present = list(row.enclosures.values_list("size", flat=True))
    if len(present) + len(found) > MOST_ENCLOSURES:
        raise Refusal("compose.too-many-enclosures", limit=MOST_ENCLOSURES)
    check_size((*present, *(len(content) for _, _, content in found), TEXT_ROOM), limit)
    shown = []
    for name, kind, content in found:
        kept = keep_whole(row, name, kind, content)
        shown.append(EnclosureShown(kept.pk, kept.name, kept.kind, kept.size, kept.size, is_picture=False))
    return tuple(shown)
