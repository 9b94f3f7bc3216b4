"""A folder in dicts: messages by UID under a UIDVALIDITY."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class StoredMessage:
    content: bytes
    flags: frozenset[str]
    received: datetime


@dataclass
class MemoryFolder:
    uid_validity: int
    next_uid: int = 1
    changes: int = 0
    messages: dict[int, StoredMessage] = field(default_factory=dict)

    def add(self, message: StoredMessage) -> int:
        """Append a message; returns its UID."""
        uid, self.next_uid = self.next_uid, self.next_uid + 1
        self.messages[uid] = message
        self.changes += 1
        return uid
