"""What sorting asks of the outside: the scripts of one mailbox (RFC 5804)."""

from contextlib import AbstractContextManager
from typing import Protocol

from vaguemestre.kernel.slots import Slot
from vaguemestre.sorting.values import Choice, Glance, Listing


class Scripts(Protocol):
    """One mailbox's scripts, over one connection. Every call raises EngineDown or EngineRefused."""

    def listed(self) -> Listing: ...

    def read(self, name: str) -> str:
        """The script of that name; "" when there is none."""
        ...

    def put(self, name: str, content: str) -> None:
        """Keep the script, compiled by the server first. Raises EngineRefused when it does not compile."""
        ...

    def activate(self, name: str) -> None:
        """This script runs from the next delivery on; "" = none does."""
        ...

    def drop(self, name: str) -> None:
        """Remove a script that does not run."""
        ...


class OpenScripts(Protocol):
    def __call__(self, mailbox: str) -> AbstractContextManager[Scripts]: ...


class FoldersOf(Protocol):
    def __call__(self, mailbox: str, session_key: str) -> tuple[Choice, ...]:
        """Where mail may be filed, special folders first. Raises EngineDown."""
        ...


class RecentOf(Protocol):
    def __call__(self, mailbox: str, session_key: str, count: int) -> tuple[Glance, ...]:
        """The last messages received, newest first. Raises EngineDown."""
        ...


folders_of: Slot[FoldersOf] = Slot("sorting.folders_of")
recent_of: Slot[RecentOf] = Slot("sorting.recent_of")
open_scripts: Slot[OpenScripts] = Slot("sorting.open_scripts")
