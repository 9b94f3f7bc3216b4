"""A mailbox to import into and export from, in dicts: `portability.ports.Store`."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.mailbox.portability.ports import MailboxFull
from vaguemestre.mailbox.portability.rules.identity import header_of, mark_of
from vaguemestre.mailbox.portability.values import INBOX, ExportedMessage, Mark, Places

_SPECIAL = {"sent": "Sent", "drafts": "Drafts", "junk": "Junk", "trash": "Trash", "archive": "Archive"}


class MemoryStore:
    """`room`: how many messages fit. `validity`: the UIDVALIDITY of every folder."""

    def __init__(self, room: int = 1_000_000) -> None:
        self.folders: dict[str, list[ExportedMessage]] = {
            INBOX: [],
            **{name: [] for name in _SPECIAL.values()},
        }
        self._room = room
        self.validity = 1

    def places(self) -> Places:
        return Places(frozenset(self.folders), _SPECIAL)

    def make(self, folder: str) -> None:
        self.folders.setdefault(folder, [])

    def marks(self, folder: str) -> set[Mark]:
        return {mark_of(header_of(kept.content), len(kept.content)) for kept in self.folders[folder]}

    def add(self, folder: str, content: bytes, flags: frozenset[str], date: datetime) -> None:
        if b"\0" in content:
            raise EngineRefused("un caractère NUL dans un courriel")
        if sum(map(len, self.folders.values())) >= self._room:
            raise MailboxFull("portability.mailbox-full")
        messages = self.folders[folder]
        messages.append(ExportedMessage(len(messages) + 1, flags, date, content))

    def messages(self, folder: str, after: int, validity: int = 0) -> Iterator[ExportedMessage]:
        last_uid = after if validity in (0, self.validity) else 0
        for message in self.folders[folder]:
            if message.uid > last_uid:
                yield replace(message, validity=self.validity)
