"""What the lifecycle needs from other rooms and engines."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from vaguemestre.foundation.kernel.slots import Slot


class BoxesOwned(Protocol):
    def __call__(self, account_id: int) -> tuple[str, ...]:
        """Addresses of the shared mailboxes whose only owner is this account."""
        ...


class EraseMail(Protocol):
    def __call__(self, mailbox: str) -> None:
        """Erase the mail of a mailbox removed from the engines. Idempotent. Raises EngineDown."""
        ...


class LetterSender(Protocol):
    def __call__(self, domain: str, *, now: datetime) -> str:
        """The platform's sending mailbox in that domain, created at first use."""
        ...


class SendOutside(Protocol):
    def __call__(self, mailbox: str, sender: str, recipients: Sequence[str], content: bytes) -> None:
        """Send a letter to a private address. Raises EngineDown, EngineRefused."""
        ...


boxes_owned: Slot[BoxesOwned] = Slot("lifecycle.boxes_owned")
erase_mail: Slot[EraseMail] = Slot("lifecycle.erase_mail")
letter_sender: Slot[LetterSender] = Slot("lifecycle.letter_sender")
send_outside: Slot[SendOutside] = Slot("lifecycle.send_outside")
