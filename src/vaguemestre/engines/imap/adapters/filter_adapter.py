"""What sorting looks at in a mailbox: where mail may be filed, what came, and what to do of it."""

import email
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from email.message import Message
from email.utils import getaddresses

from vaguemestre.engines.imap.protocol import headers
from vaguemestre.foundation.kernel import charsets
from vaguemestre.foundation.kernel.keywords import keyword
from vaguemestre.mailbox.sorting.rules.filters import TRASH
from vaguemestre.mailbox.sorting.values import FolderChoice, MessageSummary, Outcome
from vaguemestre.mailbox.webmail.rules.listing.folders import display_name, folder_of_slug
from vaguemestre.post.mailstore.ports import Mailbox, MessageGone, OpenMailbox
from vaguemestre.post.mailstore.values import Correspondent, Flag, Folder, MailLogin, MessageRef, Row, Use

# A filter files neither into what the person writes, nor into the box mail arrives in anyway.
_NOT_FOR_FILING = frozenset({Use.INBOX, Use.DRAFTS, Use.SENT, Use.ALL})
_INBOX = "INBOX"
_PAGE = 200
_TAG = re.compile(r"<[^>]*>")


class Glancing:
    """Implements FoldersOf, RecentMessages (`recent`), FindMessage (`one`), OpenInbox (`received`)."""

    def __init__(self, open_mailbox: OpenMailbox) -> None:
        self._open_mailbox = open_mailbox

    def folders(self, mailbox: str, session_key: str) -> tuple[FolderChoice, ...]:
        with self._open_mailbox(MailLogin(mailbox, session_key)) as box:
            found = box.folders()
        return tuple(
            FolderChoice(one.name, _shown(one))
            for one in found
            if one.selectable and one.use not in _NOT_FOR_FILING
        )

    def recent(
        self, mailbox: str, session_key: str, count: int, *, whole: bool = False
    ) -> tuple[MessageSummary, ...]:
        with self._open_mailbox(MailLogin(mailbox, session_key)) as box:
            page = box.page(_INBOX, 0, count)
            return tuple(_glance(box, row, whole=whole) for row in page.rows)

    def one(self, mailbox: str, session_key: str, ref: str) -> MessageSummary | None:
        found = _ref(ref)
        if found is None:
            return None
        with self._open_mailbox(MailLogin(mailbox, session_key)) as box:
            try:
                return read_message(box.raw(found))
            except MessageGone:
                return None

    @contextmanager
    def received(self, mailbox: str) -> Iterator["Waiting"]:
        with self._open_mailbox(MailLogin(mailbox)) as box:
            yield Waiting(box)


class Waiting:
    """Implements `sorting.ports.Inbox`."""

    def __init__(self, box: Mailbox) -> None:
        self._box = box
        self._rows: dict[str, Row] = {}

    def keys(self) -> tuple[str, ...]:
        offset = 0
        while rows := self._box.page(_INBOX, offset, _PAGE).rows:
            self._rows |= {_key(row.ref): row for row in rows}
            offset += len(rows)
        return tuple(sorted(self._rows, key=lambda key: self._rows[key].ref.uid))

    def summaries(self, keys: Sequence[str], *, whole: bool) -> tuple[MessageSummary, ...]:
        found = []
        for key in keys:
            try:
                found.append(_glance(self._box, self._rows[key], whole=whole))
            except MessageGone:
                continue
        return tuple(found)

    def apply(self, keys: Collection[str], outcome: Outcome) -> None:
        rows = [self._rows[key] for key in keys]
        refs = [row.ref for row in rows]
        add = [
            *([Flag.SEEN] if outcome.is_read else []),
            *([Flag.FLAGGED] if outcome.is_flagged else []),
            *([keyword(outcome.label)] if outcome.label else []),
        ]
        if add:
            self._box.flag(refs, add, ())
        if outcome.copy_to:
            for row in rows:
                flags = {*row.flags, *add} - {"\\Recent"}
                self._box.append(outcome.copy_to, self._box.raw(row.ref), flags, row.summary.date)
        if folder := TRASH if outcome.discards else outcome.move_to:
            self._box.move(refs, folder)


def _key(ref: MessageRef) -> str:
    return f"{ref.uid_validity}/{ref.uid}"


def _ref(text: str) -> MessageRef | None:
    """A message as addresses write it: folder step / UIDVALIDITY / UID."""
    match = re.fullmatch(r"([^/]+)/([0-9]{1,10})/([0-9]{1,10})", text, re.ASCII)
    folder = folder_of_slug(match[1]) if match else None
    return MessageRef(folder, int(match[2]), int(match[3])) if match and folder else None


def _shown(folder: Folder) -> str:
    return folder.name.replace("/", " / ") if folder.use is Use.OTHER else display_name(folder)


def _glance(box: Mailbox, row: Row, *, whole: bool) -> MessageSummary:
    summary = row.summary
    known = MessageSummary(
        sender=_whole(summary.sender),
        sender_address=summary.sender.address,
        recipients=", ".join(_whole(one) for one in summary.to),
        recipient_addresses=tuple(one.address for one in summary.to),
        subject=summary.subject,
        size=summary.size,
        has_attachment=summary.has_attachment,
        received=summary.date,
        key=_key(row.ref),
    )
    if not whole:
        return known
    read = read_message(box.raw(row.ref), summary.date)
    return replace(read, size=summary.size, key=known.key)


def read_message(raw: bytes, received: datetime | None = None) -> MessageSummary:
    """A message read through, as a filter sees it at its delivery."""
    message = email.message_from_bytes(raw)
    sender, to = _header(message, "From"), [_header(message, name) for name in ("To", "Cc")]
    return MessageSummary(
        sender=sender,
        sender_address=next((one for _, one in getaddresses([sender])), ""),
        recipients=", ".join(one for one in to if one),
        recipient_addresses=tuple(one for _, one in getaddresses([one for one in to if one])),
        subject=_header(message, "Subject"),
        size=len(raw),
        has_attachment=any(part.get_content_disposition() == "attachment" for part in message.walk()),
        received=received,
        list_id=_header(message, "List-Id"),
        text="\n".join(_texts(message)),
        return_path=_header(message, "Return-Path").strip("<> "),
    )


def _header(message: Message, name: str) -> str:
    return headers.decoded(str(message.get(name, "")))


def _texts(message: Message) -> Iterator[str]:
    for part in message.walk():
        if part.get_content_maintype() != "text" or part.is_multipart():
            continue
        content = part.get_payload(decode=True)
        charset = part.get_content_charset()
        text = charsets.text(content if isinstance(content, bytes) else b"", charset or "")
        yield _TAG.sub(" ", text) if part.get_content_subtype() == "html" else text


def _whole(one: Correspondent) -> str:
    return f"{one.name} <{one.address}>" if one.name else one.address
