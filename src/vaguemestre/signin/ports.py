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


class SendOutside(Protocol):
    def __call__(self, mailbox: str, sender: str, recipients: list[str], content: bytes) -> None:
        """Hand one message to the submission service as that mailbox. Raises EngineDown or EngineRefused."""
        ...


revocations: Slot[Revocations] = Slot("signin.revocations")
deliver_notice: Slot[DeliverNotice] = Slot("signin.deliver_notice")
send_outside: Slot[SendOutside] = Slot("signin.send_outside")
