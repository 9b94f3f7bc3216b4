"""A mailbox opened for import or export: `portability.ports.Store` over a borrowed connection."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import batched

from vaguemestre.engines.imap.protocol import answers, headers, mailbox_names, response_tree
from vaguemestre.engines.imap.protocol.connection import CommandRefused
from vaguemestre.engines.imap.store.creation_race import create_mailbox
from vaguemestre.engines.imap.store.gateway import ImapMailbox, ImapMailboxes
from vaguemestre.engines.imap.store.session import (
    CONTENT_PATIENCE_SECONDS,
    sequence_set,
    translated_refusals,
    uid_of,
)
from vaguemestre.mailbox.portability.ports import MailboxFull, Store
from vaguemestre.mailbox.portability.rules.identity import NAMING, mark_of
from vaguemestre.mailbox.portability.values import ExportedMessage, Mark, Places
from vaguemestre.post.mailstore.ports import QuotaReached
from vaguemestre.post.mailstore.values import MailLogin, Use

_IDENTITY_ITEM = b"BODY.PEEK[HEADER.FIELDS (%b)]" % b" ".join(NAMING).upper()
_HEADER_BATCH = 1_000  # messages in one FETCH of header fields
_CONTENT_BATCH = 20
_WHOLE = b"(UID FLAGS INTERNALDATE BODY.PEEK[])"
_SPECIAL = (Use.SENT, Use.DRAFTS, Use.JUNK, Use.TRASH, Use.ARCHIVE)


class OpenTransferStore:
    """Implements `portability.ports.OpenStore`."""

    def __init__(self, mailboxes: ImapMailboxes) -> None:
        self._mailboxes = mailboxes

    @contextmanager
    def __call__(self, mailbox: str) -> Iterator[Store]:
        with self._mailboxes(MailLogin(mailbox)) as box:
            yield TransferStore(box)


class TransferStore:
    def __init__(self, box: ImapMailbox) -> None:
        self._box = box

    def places(self) -> Places:
        folders = [f for f in self._box.folders() if f.selectable and f.use is not Use.ALL]
        special = {folder.use.value: folder.name for folder in reversed(folders) if folder.use in _SPECIAL}
        return Places(frozenset(folder.name for folder in folders), special)

    def make(self, folder: str) -> None:
        try:
            create_mailbox(self._box.run, mailbox_names.to_wire(folder))
        except CommandRefused as refusal:
            if refusal.code != "ALREADYEXISTS":
                raise
        self._box.run(b"SUBSCRIBE", mailbox_names.to_wire(folder))

    def marks(self, folder: str) -> set[Mark]:
        count = self._box.enter_folder(folder).exists
        marks: set[Mark] = set()
        for first in range(1, count + 1, _HEADER_BATCH):
            command = b"FETCH %d:%d (RFC822.SIZE %b)" % (
                first,
                min(count, first + _HEADER_BATCH - 1),
                _IDENTITY_ITEM,
            )
            for items in response_tree.fetched_items(
                self._box.run(command, patience=CONTENT_PATIENCE_SECONDS)
            ):
                header = answers.section(items, "BODY[HEADER.FIELDS") or b""
                marks.add(mark_of(header, response_tree.number_of(items.get("RFC822.SIZE"))))
        return marks

    def add(self, folder: str, content: bytes, flags: frozenset[str], date: datetime) -> None:
        try:
            self._box.append(folder, content, flags, date)
        except QuotaReached as full:
            raise MailboxFull("portability.mailbox-full") from full

    def messages(self, folder: str, after: int, validity: int = 0) -> Iterator[ExportedMessage]:
        current = self._box.enter_folder(folder).uid_validity
        if validity not in (0, current):
            after = 0
        with translated_refusals(folder=folder):
            lines = self._box.run(b"UID FETCH %d:* (UID)" % (after + 1))
        # `n:*` always names the last message, even when its UID is below n
        uids = [uid for items in response_tree.fetched_items(lines) if (uid := uid_of(items)) > after]
        for batch in batched(sorted(uids), _CONTENT_BATCH, strict=False):
            lines = self._box.run(
                b"UID FETCH", sequence_set(batch), _WHOLE, patience=CONTENT_PATIENCE_SECONDS
            )
            for items in sorted(response_tree.fetched_items(lines), key=uid_of):
                if (content := answers.section(items, "BODY[]")) is not None:
                    yield ExportedMessage(
                        uid_of(items),
                        answers.flags(items),
                        headers.moment(response_tree.text_of(items.get("INTERNALDATE"))),
                        content,
                        current,
                    )
