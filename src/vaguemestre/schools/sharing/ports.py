"""What sharing asks of the mail store."""

from typing import Protocol

from vaguemestre.foundation.kernel.slots import Slot
from vaguemestre.schools.sharing.values import Letter


class Latest(Protocol):
    def __call__(self, mailbox: str, session_key: str, number: int) -> tuple[Letter, ...]:
        """The newest messages of the inbox, newest first. Raises EngineDown, EngineRefused."""
        ...


latest: Slot[Latest] = Slot("sharing.latest")


class TellPages(Protocol):
    def __call__(self, mailbox: str) -> None:
        """Pages open on that mailbox learn that members' work there changed. One that is away misses it."""
        ...


tell_pages: Slot[TellPages] = Slot("sharing.tell_pages")
