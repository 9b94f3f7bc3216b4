"""What the desk needs from the engines: counts and statuses, never a message."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from vaguemestre.desks.helpdesk.values import Forwards, MailboxUsage, Undelivered
from vaguemestre.foundation.kernel.slots import Slot


class UndeliveredTo(Protocol):
    def __call__(self, addresses: Collection[str], *, now: datetime) -> Sequence[Undelivered]:
        """The last messages not delivered to these addresses (lower case), newest first.

        Raises EngineDown.
        """
        ...


class UsageOf(Protocol):
    def __call__(self, mailbox: str) -> MailboxUsage:
        """The usage of a mailbox. Raises EngineDown, EngineRefused."""
        ...


class ForwardsOf(Protocol):
    def __call__(self, account_id: int) -> Forwards:
        """What forwards the mail of an account: its filters, and scripts of programs."""
        ...


class RecoverDeleted(Protocol):
    def __call__(self, mailbox: str, folder: str) -> int:
        """Move what a mailbox keeps of its deleted messages into that folder. Returns how many.

        Raises EngineDown, EngineRefused.
        """
        ...


undelivered_to: Slot[UndeliveredTo] = Slot("helpdesk.undelivered_to")
usage_of: Slot[UsageOf] = Slot("helpdesk.usage_of")
forwards_of: Slot[ForwardsOf] = Slot("helpdesk.forwards_of")
recover_deleted: Slot[RecoverDeleted] = Slot("helpdesk.recover_deleted")
