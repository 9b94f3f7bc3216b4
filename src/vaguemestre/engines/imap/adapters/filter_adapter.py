"""The mailbox as filters see it: folders to file into, messages to test, actions to carry out."""

import email
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from email.message import Message

from vaguemestre.engines.imap.protocol import headers
from vaguemestre.foundation.kernel.addresses import first_address_in, people_in
from vaguemestre.foundation.kernel.text import charsets
from vaguemestre.foundation.kernel.text.keywords import keyword
from vaguemestre.foundation.kernel.text.parse_cost import UNREADABLE, is_costly
from vaguemestre.mailbox.sorting.rules.filters import TRASH
from vaguemestre.mailbox.sorting.values import FolderChoice, MessageSummary, Outcome
from vaguemestre.mailbox.webmail.rules.listing.folders import display_name, folder_of_slug
from vaguemestre.post.mailstore.ports import Mailbox, MessageGone, OpenMailbox
from vaguemestre.post.mailstore.values import Correspondent, Flag, MailLogin, MessageRef, Row, Use

# A filter files neither into what the person writes, nor into the box mail arrives in anyway.
_NOT_FOR_FILING = frozenset({Use.INBOX, Use.DRAFTS, Use.SENT, Use.ALL})
_INBOX = "INBOX"
_PAGE = 200
_MAX_BYTES_EACH, _MAX_BYTES_AT_ONCE = 2_000_000, 30_000_000
_MAX_TEXT_CHARACTERS = 1_000_000
_TAG = re.compile(r"<[^<>]*>")  # up to the next one: a text of them alone is read once


class FilterAdapter:
    """Implements FoldersOf, RecentMessages (`recent`), FindMessage (`message`), OpenInbox (`received`)."""

    def __init__(self, open_mailbox: OpenMailbox) -> None:
        self._open_mailbox = open_mailbox

    def folders(self, mailbox: str, session_key: str) -> tuple[FolderChoice, ...]:
        with self._open_mailbox(MailLogin(mailbox, session_key)) as box:
            folders = box.folders()
        special = {folder.name: display_name(folder) for folder in folders if folder.use is not Use.OTHER}
        return tuple(
            FolderChoice(folder.name, special.get(folder.name) or _label(folder.name, special))
            for folder in folders
            if folder.selectable and folder.use not in _NOT_FOR_FILING
        )

    def recent(
        self, mailbox: str, session_key: str, count: int, *, whole: bool = False
    ) -> tuple[MessageSummary, ...]:
        with self._open_mailbox(MailLogin(mailbox, session_key)) as box:
            rows = box.page(_INBOX, 0, count).rows
            read = _affordable(rows) if whole else rows
            return tuple(_summary(box, row, whole=whole) for row in read)

    def message(self, mailbox: str, session_key: str, ref: str) -> MessageSummary | None:
        parsed = _ref(ref)
        if parsed is None:
            return None
        with self._open_mailbox(MailLogin(mailbox, session_key)) as box:
            try:
                return read_message(box.raw(parsed))
            except MessageGone:
                return None

    @contextmanager
    def received(self, mailbox: str) -> Iterator["ReceivedMail"]:
        with self._open_mailbox(MailLogin(mailbox)) as box:
            yield ReceivedMail(box)


class ReceivedMail:
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
        summaries = []
        for key in keys:
            try:
                summaries.append(_summary(self._box, self._rows[key], whole=whole))
            except MessageGone:
                continue
        return tuple(summaries)

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


def _affordable(rows: Sequence[Row]) -> Iterator[Row]:
    """The rows a page may read whole while somebody waits: the newest ones, very large ones left out."""
    budget = _MAX_BYTES_AT_ONCE
    for row in rows:
        if row.summary.size > _MAX_BYTES_EACH:
            continue
        budget -= row.summary.size
        if budget < 0:
            return
        yield row


def _key(ref: MessageRef) -> str:
    return f"{ref.uid_validity}/{ref.uid}"


def _ref(text: str) -> MessageRef | None:
    """A message reference as URLs write it: folder / UIDVALIDITY / UID."""
    match = re.fullmatch(r"([^/]+)/([0-9]{1,10})/([0-9]{1,10})", text, re.ASCII)
    folder = folder_of_slug(match[1]) if match else None
    return MessageRef(folder, int(match[2]), int(match[3])) if match and folder else None


def _label(name: str, special: Mapping[str, str]) -> str:
    """« Corbeille / Parents » of a folder in a special one, which the mail store calls Trash."""
    top, *steps = name.split("/")
    return " / ".join((special.get(top, top), *steps))


def _summary(box: Mailbox, row: Row, *, whole: bool) -> MessageSummary:
    summary = row.summary
    message_summary = MessageSummary(
        sender=_full_address(summary.sender),
        sender_address=summary.sender.address,
        recipients=", ".join(_full_address(person) for person in summary.to),
        recipient_addresses=tuple(person.address for person in summary.to),
        subject=summary.subject,
        size=summary.size,
        has_attachment=summary.has_attachment,
        received=summary.date,
        key=_key(row.ref),
    )
    if not whole:
        return message_summary
    message = read_message(box.raw(row.ref), summary.date)
    return replace(message, size=summary.size, key=message_summary.key)


def read_message(raw: bytes, received: datetime | None = None) -> MessageSummary:
    """A whole message, as a filter sees it at delivery."""
    message, parts = _parsed(raw)
    sender, to = _header(message, "From"), [_header(message, name) for name in ("To", "Cc")]
    return MessageSummary(
        sender=sender,
        sender_address=first_address_in(sender),
        recipients=", ".join(filter(None, to)),
        recipient_addresses=tuple(address for _, address in people_in(list(filter(None, to)))),
        subject=_header(message, "Subject"),
        size=len(raw),
        has_attachment=any(part.get_content_disposition() == "attachment" for part in parts),
        received=received,
        list_id=_header(message, "List-Id"),
        text="\n".join(_texts(parts))[:_MAX_TEXT_CHARACTERS],
        return_path=_header(message, "Return-Path").strip("<> "),
    )


def _parsed(raw: bytes) -> tuple[Message, list[Message]]:
    """The message and its parts; its header alone if it is made so that it cannot be read."""
    if not is_costly(raw):
        with suppress(*UNREADABLE):
            message = email.message_from_bytes(raw)
            return message, list(message.walk())
    message = email.message_from_bytes(_header_of(raw))
    return message, [message]


def _header_of(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0] + b"\n\n"


def _header(message: Message, name: str) -> str:
    return headers.decoded(str(message.get(name, "")))


def _texts(parts: Sequence[Message]) -> Iterator[str]:
    for part in parts:
        if part.get_content_maintype() != "text" or part.is_multipart():
            continue
        content = part.get_payload(decode=True)
        charset = part.get_content_charset()
        text = charsets.text(content if isinstance(content, bytes) else b"", charset or "")
        yield _TAG.sub(" ", text) if part.get_content_subtype() == "html" else text


def _full_address(person: Correspondent) -> str:
    return f"{person.name} <{person.address}>" if person.name else person.address
