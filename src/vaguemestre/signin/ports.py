"""What signin is lent: the counter every worker watches, and a way into inboxes."""

from datetime import datetime
from typing import Protocol

from vaguemestre.kernel.slots import Slot


class Revocations(Protocol):
    """A number shared by all processes of the instance. It moved: forget what you remember of sessions."""

    def count(self) -> int: ...

    def bump(self) -> None:
        """Called after the commit that ends sessions or changes accounts."""
        ...


class DeliverNotice(Protocol):
    def __call__(self, mailbox: str, content: bytes, message_id: str, at: datetime) -> None:
        """Put the message in the inbox unless one of that Message-ID is there.

        Raises EngineDown or EngineRefused.
        """
        ...


revocations: Slot[Revocations] = Slot("signin.revocations")
deliver_notice: Slot[DeliverNotice] = Slot("signin.deliver_notice")
