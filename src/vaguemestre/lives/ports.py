"""What lives ask of the outside."""

from typing import Protocol

from vaguemestre.kernel.slots import Slot


class BoxesOwned(Protocol):
    def __call__(self, account_id: int) -> tuple[str, ...]:
        """Addresses of the functional boxes of which the account is the only owner."""
        ...


class EraseMail(Protocol):
    def __call__(self, mailbox: str) -> None:
        """Erase what is held of a mailbox the engines know no more. Twice is once. Raises EngineDown."""
        ...


boxes_owned: Slot[BoxesOwned] = Slot("lives.boxes_owned")
erase_mail: Slot[EraseMail] = Slot("lives.erase_mail")
