"""What the quarantine needs from the engines and from other rooms."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from vaguemestre.foundation.kernel.slots import Slot
from vaguemestre.post.quarantine.values import FoundMail, InfectedCopy


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


class LateExamination(Protocol):
    """Messages that were delivered unexamined. Texts go to the virus check and the filter alone.

    Methods raise EngineDown, EngineRefused.
    """

    def examine_copies(self, mailbox: str, queue_id: str, at: int) -> list[InfectedCopy]:
        """Examine the copies of a message there, delivered at that Unix time, and mark the clean ones.

        Copies already marked are left out. Returns those with a virus, where they are.
        """
        ...

    def quarantine_copies(self, mailbox: str, uids: Mapping[str, Sequence[int]]) -> None:
        """Move messages, given by folder, to the quarantine of that mailbox."""
        ...


class ContentCheck(Protocol):
    """What looks at contents: the virus check, or the filter."""

    @property
    def is_wanted(self) -> bool:
        """Whether one is configured."""
        ...

    def ping(self) -> None:
        """Raises EngineDown unless it answers."""
        ...


class IsRefused(Protocol):
    def __call__(self, senders: Collection[str], subject: str, message_id: str) -> bool:
        """Whether the security desk removed such a message from mailboxes. `senders`: addresses alone."""
        ...


quarantined_mail: Slot[QuarantinedMail] = Slot("quarantine.quarantined_mail")
late_examination: Slot[LateExamination] = Slot("quarantine.late_examination")
virus_check: Slot[ContentCheck] = Slot("quarantine.virus_check")
content_filter: Slot[ContentCheck] = Slot("quarantine.content_filter")
is_refused: Slot[IsRefused] = Slot("quarantine.is_refused")
