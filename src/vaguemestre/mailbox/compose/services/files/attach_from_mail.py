"""Attach a message of the mailbox, or its files, without uploading them again."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.compose.rules.original import file_name, message_name, message_parts, without_bcc
from vaguemestre.mailbox.compose.services.files.attachments import MAX_ENCLOSURES, TEXT_ROOM, attach_file
from vaguemestre.mailbox.compose.services.rows import row_for
from vaguemestre.mailbox.compose.values import EnclosureInfo, Writer
from vaguemestre.post.mailstore.ports import Mailbox
from vaguemestre.post.mailstore.values import MessageRef
from vaguemestre.post.outbox.rules.message import check_size


class FileContent(NamedTuple):
    """File to attach. `kind`: its media type."""

    name: str
    kind: str
    content: bytes


def attach_message_files(
    writer: Writer,
    key: str,
    ref: MessageRef,
    numbers: Sequence[str],
    mailbox: Mailbox,
    *,
    is_whole: bool,
    limit: int,
    now: datetime,
) -> tuple[EnclosureInfo, ...]:
    """Attach the files with those part numbers, or the message itself.

    Raises MessageGone, Refusal `outbox.too-large`, `compose.too-many-enclosures`, `compose.already-sent`,
    `compose.nothing-to-join`, the mailbox's errors.
    """
    files = [message_as_file(mailbox, ref)] if is_whole else _files(mailbox, ref, numbers)
    if not files:
        raise Refusal("compose.nothing-to-join")
    return _attach(writer, key, files, limit, now)


def message_as_file(mailbox: Mailbox, ref: MessageRef) -> FileContent:
    """The message as a file, without its Bcc recipients."""
    opened = mailbox.open(ref)
    return FileContent(message_name(opened.subject), "message/rfc822", without_bcc(mailbox.raw(ref)))


def _files(mailbox: Mailbox, ref: MessageRef, numbers: Sequence[str]) -> list[FileContent]:
    requested = set(numbers)
    files = [part for part in message_parts(mailbox.open(ref).root).files if part.number in requested]
    return [FileContent(file_name(part), part.kind, mailbox.part(ref, part.number)) for part in files]


@transaction.atomic(durable=True)
def _attach(
    writer: Writer, key: str, files: list[FileContent], limit: int, now: datetime
) -> tuple[EnclosureInfo, ...]:
    row = row_for(writer, key, now)
    if row.is_sending:
        raise Refusal("compose.already-sent")
    sizes = list(row.enclosures.values_list("size", flat=True))
    if len(sizes) + len(files) > MAX_ENCLOSURES:
        raise Refusal("compose.too-many-enclosures", limit=MAX_ENCLOSURES)
    check_size((*sizes, *(len(file.content) for file in files), TEXT_ROOM), limit)
    infos = []
    for file in files:
        enclosure = attach_file(row, file.name, file.kind, file.content)
        infos.append(
            EnclosureInfo(
                enclosure.pk, enclosure.name, enclosure.kind, enclosure.size, enclosure.size, is_picture=False
            )
        )
    return tuple(infos)
