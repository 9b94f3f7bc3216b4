"""What sharing asks of the mail store."""

from typing import Protocol

from vaguemestre.kernel.slots import Slot
from vaguemestre.sharing.values import Letter


class Latest(Protocol):
    def __call__(self, mailbox: str, session_key: str, number: int) -> tuple[Letter, ...]:
        """The newest messages of the inbox, newest first. Raises EngineDown, EngineRefused."""
        ...


latest: Slot[Latest] = Slot("sharing.latest")
