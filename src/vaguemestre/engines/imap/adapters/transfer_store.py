"""A mailbox opened for moving: `portability.ports.Store` over a borrowed connection."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import batched

from vaguemestre.engines.imap.protocol import headers, mailbox_names, parse, response_tree
from vaguemestre.engines.imap.protocol.wire import Answered
from vaguemestre.engines.imap.store.creation_race import make
from vaguemestre.engines.imap.store.gateway import ImapMailbox, ImapMailboxes
from vaguemestre.engines.imap.store.session import PATIENCE_BYTES, folded, meant, uid_of
from vaguemestre.mailbox.portability.ports import MailboxFull, Store
from vaguemestre.mailbox.portability.rules.identity import NAMING, mark_of
from vaguemestre.mailbox.portability.values import Kept, Mark, Places
from vaguemestre.post.mailstore.ports import QuotaReached
from vaguemestre.post.mailstore.values import MailLogin, Use

_NAMES = b"BODY.PEEK[HEADER.FIELDS (%b)]" % b" ".join(NAMING).upper()
_AT_ONCE = 1_000  # messages whose header fields one question asks for
_WHOLE = b"(UID FLAGS INTERNALDATE BODY.PEEK[])"
_SPECIAL = (Use.SENT, Use.DRAFTS, Use.JUNK, Use.TRASH, Use.ARCHIVE)


class ImapStores:
    """Implements `portability.ports.OpenStore`."""

    def __init__(self, mailboxes: ImapMailboxes) -> None:
        self._mailboxes = mailboxes

    @contextmanager
    def __call__(self, mailbox: str) -> Iterator[Store]:
        with self._mailboxes(MailLogin(mailbox)) as box:
            yield ImapStore(box)


class ImapStore:
    def __init__(self, box: ImapMailbox) -> None:
        self._box = box

    def places(self) -> Places:
        folders = [one for one in self._box.folders() if one.selectable and one.use is not Use.ALL]
        special = {one.use.value: one.name for one in reversed(folders) if one.use in _SPECIAL}
        return Places(frozenset(one.name for one in folders), special)

    def make(self, folder: str) -> None:
        try:
            make(self._box.run, mailbox_names.to_wire(folder))
        except Answered as answer:
            if answer.code != "ALREADYEXISTS":
                raise
        self._box.run(b"SUBSCRIBE", mailbox_names.to_wire(folder))

    def marks(self, folder: str) -> set[Mark]:
        count = self._box.enter_folder(folder)[2]
        found: set[Mark] = set()
        for first in range(1, count + 1, _AT_ONCE):
            asked = b"FETCH %d:%d (RFC822.SIZE %b)" % (first, min(count, first + _AT_ONCE - 1), _NAMES)
            for items in response_tree.fetched(self._box.run(asked, patience=PATIENCE_BYTES)):
                header = parse.section(items, "BODY[HEADER.FIELDS") or b""
                found.add(mark_of(header, response_tree.number_of(items.get("RFC822.SIZE"))))
        return found

    def add(self, folder: str, content: bytes, flags: frozenset[str], date: datetime) -> None:
        try:
            self._box.append(folder, content, flags, date)
        except QuotaReached as full:
            raise MailboxFull("portability.mailbox-full") from full

    def kept(self, folder: str, after: int, validity: int = 0) -> Iterator[Kept]:
        now = self._box.enter_folder(folder)[1]
        if validity not in (0, now):
            after = 0
        with meant(folder=folder):
            lines = self._box.run(b"UID FETCH %d:* (UID)" % (after + 1))
        # `n:*` always names the last message, even when its UID is below n
        uids = [uid for items in response_tree.fetched(lines) if (uid := uid_of(items)) > after]
        for some in batched(sorted(uids), 20, strict=False):
            lines = self._box.run(b"UID FETCH", folded(some), _WHOLE, patience=PATIENCE_BYTES)
            for items in sorted(response_tree.fetched(lines), key=uid_of):
                if (content := parse.section(items, "BODY[]")) is not None:
                    yield Kept(
                        uid_of(items),
                        parse.flags(items),
                        headers.moment(response_tree.text_of(items.get("INTERNALDATE"))),
                        content,
                        now,
                    )
