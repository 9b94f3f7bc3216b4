"""A mailbox to move into and out of, in dicts: `portability.ports.Store`."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.mailbox.portability.ports import MailboxFull
from vaguemestre.mailbox.portability.rules.identity import header_of, mark_of
from vaguemestre.mailbox.portability.values import INBOX, Kept, Mark, Places

_SPECIAL = {"sent": "Sent", "drafts": "Drafts", "junk": "Junk", "trash": "Trash", "archive": "Archive"}


class MemoryStore:
    """`room`: how many messages fit. `validity`: the UIDVALIDITY of every folder."""

    def __init__(self, room: int = 1_000_000) -> None:
        self.folders: dict[str, list[Kept]] = {INBOX: [], **{name: [] for name in _SPECIAL.values()}}
        self._room = room
        self.validity = 1

    def places(self) -> Places:
        return Places(frozenset(self.folders), _SPECIAL)

    def make(self, folder: str) -> None:
        self.folders.setdefault(folder, [])

    def marks(self, folder: str) -> set[Mark]:
        return {mark_of(header_of(one.content), len(one.content)) for one in self.folders[folder]}

    def add(self, folder: str, content: bytes, flags: frozenset[str], date: datetime) -> None:
        if b"\0" in content:
            raise EngineRefused("a NUL in a message")
        if sum(map(len, self.folders.values())) >= self._room:
            raise MailboxFull("portability.mailbox-full")
        kept = self.folders[folder]
        kept.append(Kept(len(kept) + 1, flags, date, content))

    def kept(self, folder: str, after: int, validity: int = 0) -> Iterator[Kept]:
        known = after if validity in (0, self.validity) else 0
        yield from [replace(one, validity=self.validity) for one in self.folders[folder] if one.uid > known]
