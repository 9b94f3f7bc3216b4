"""Port to the mail store."""

from datetime import datetime
from typing import Protocol

from vaguemestre.foundation.kernel.slots import Slot


class DeliverWelcome(Protocol):
    def __call__(self, mailbox: str, content: bytes, message_id: str, at: datetime) -> None:
        """Put the message in the inbox unless one of that Message-ID is there.

        Raises EngineDown or EngineRefused.
        """
        ...


deliver_welcome: Slot[DeliverWelcome] = Slot("assistant.deliver_welcome")
