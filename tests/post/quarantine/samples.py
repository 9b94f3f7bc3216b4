"""Quarantines in memory."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.post.quarantine.values import FoundMail

# a Tuesday
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def mail(
    guid: str, verdict: str = "macro docm", at: datetime = NOON, sender: str = "a@dehors.example"
) -> FoundMail:
    return FoundMail(guid, at, verdict, f"<{guid}@x>", sender, "Anne <anne@dehors.example>", f"Objet {guid}")


@dataclass
class MemoryQuarantine:
    """Implements `quarantine.ports.QuarantinedMail`. Mailboxes in `away` do not answer."""

    boxes: dict[str, list[FoundMail]] = field(default_factory=lambda: defaultdict(list))
    inboxes: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    away: set[str] = field(default_factory=set)

    def find_quarantined(self, mailbox: str) -> list[FoundMail]:
        self._check(mailbox)
        return list(self.boxes[mailbox])

    def release_quarantined(self, mailbox: str, guids: Sequence[str]) -> None:
        self._check(mailbox)
        self.inboxes[mailbox] += [one.guid for one in self.boxes[mailbox] if one.guid in guids]
        self._take(mailbox, guids)

    def discard_quarantined(self, mailbox: str, guids: Sequence[str]) -> None:
        self._check(mailbox)
        self._take(mailbox, guids)

    def _take(self, mailbox: str, guids: Sequence[str]) -> None:
        self.boxes[mailbox] = [one for one in self.boxes[mailbox] if one.guid not in guids]

    def _check(self, mailbox: str) -> None:
        if mailbox in self.away:
            raise EngineDown(f"{mailbox} away")
