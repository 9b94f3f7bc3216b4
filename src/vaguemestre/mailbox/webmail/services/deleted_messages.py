"""Messages deleted from every folder, which the mail store keeps for some days for their owner to recover."""

import logging
import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime

from vaguemestre.foundation.kernel.errors import EngineRefused, Refusal
from vaguemestre.mailbox.webmail.ports import BoundDeleted
from vaguemestre.mailbox.webmail.rules.listing import search_query
from vaguemestre.mailbox.webmail.services import message_lists
from vaguemestre.mailbox.webmail.services.actions import MAX_MESSAGES
from vaguemestre.post.mailstore.ports import FolderGone, Mailbox
from vaguemestre.post.mailstore.values import DELETED_MESSAGES, Folder, MessageRef, Page, Use, View

log = logging.getLogger(__name__)

_MINUTES = 60  # each mailbox is looked at once an hour


def deleted_messages(mailbox: Mailbox, terms: Sequence[str], offset: int) -> Page:
    """A page of the deleted messages that contain every term, most recently received first."""
    view = View(terms=tuple(terms[: search_query.MAX_TERMS]))
    try:
        return message_lists.page_of(mailbox, DELETED_MESSAGES, offset, view)
    except FolderGone:  # the first deletion creates it
        return message_lists.empty_page(DELETED_MESSAGES)


def bound_deleted_messages(
    mailboxes: Iterable[str], limit_bytes: int, bound: BoundDeleted, *, now: datetime
) -> int:
    """Erase the oldest deleted messages beyond that many bytes of a mailbox: a sixtieth of them each minute.

    Returns how many messages. Raises EngineDown.
    """
    minute = int(now.timestamp() // 60) % _MINUTES
    erased = 0
    for mailbox in mailboxes:
        if zlib.crc32(mailbox.encode()) % _MINUTES != minute:
            continue
        try:
            erased += bound(mailbox, limit_bytes)
        except EngineRefused as error:
            log.warning("the deleted messages of a mailbox are not bounded: %s", error)
    return erased


def destinations(folders: Sequence[Folder]) -> tuple[Folder, ...]:
    """The folders into which deleted messages can be recovered."""
    return tuple(folder for folder in folders if folder.selectable and folder.use is not Use.ALL)


def recover_messages(mailbox: Mailbox, refs: Sequence[MessageRef], to: str) -> int:
    """Move deleted messages into a folder, with their flags and labels. Returns how many were there.

    Raises QuotaReached, FolderGone, Refusal `webmail.too-many`, `webmail.not-deleted`.
    """
    if len(refs) > MAX_MESSAGES:
        raise Refusal("webmail.too-many", most=MAX_MESSAGES)
    if any(ref.folder != DELETED_MESSAGES for ref in refs):
        raise Refusal("webmail.not-deleted")
    if to not in {folder.name for folder in destinations(mailbox.folders())}:
        raise FolderGone("mailstore.folder-gone", folder=to)
    return len(mailbox.move(refs, to))
