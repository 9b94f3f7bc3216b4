"""What the quarantine needs from the engines and from other rooms."""

from collections.abc import Collection, Sequence
from typing import Protocol

from vaguemestre.foundation.kernel.slots import Slot
from vaguemestre.post.quarantine.values import FoundMail


class QuarantinedMail(Protocol):
    """The quarantine of a mailbox. No text is read. Methods raise EngineDown, EngineRefused."""

    def find_quarantined(self, mailbox: str) -> list[FoundMail]:
        """Every message there."""
        ...

    def release_quarantined(self, mailbox: str, guids: Sequence[str]) -> None:
        """Move those that are still there to the inbox."""
        ...

    def discard_quarantined(self, mailbox: str, guids: Sequence[str]) -> None:
        """Delete those that are still there for good."""
        ...


class IsRefused(Protocol):
    def __call__(self, senders: Collection[str], subject: str, message_id: str) -> bool:
        """Whether the security desk removed such a message from mailboxes. `senders`: addresses alone."""
        ...


quarantined_mail: Slot[QuarantinedMail] = Slot("quarantine.quarantined_mail")
is_refused: Slot[IsRefused] = Slot("quarantine.is_refused")
