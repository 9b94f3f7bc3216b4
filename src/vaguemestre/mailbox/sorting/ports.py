"""What sorting asks of the outside: the scripts of one mailbox (RFC 5804)."""

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from vaguemestre.foundation.kernel.slots import Slot
from vaguemestre.mailbox.sorting.values import Choice, Glance, Listing, Outcome, ScriptError


class Scripts(Protocol):
    """One mailbox's scripts, over one connection. Every call raises EngineDown or EngineRefused."""

    def listed(self) -> Listing: ...

    def read(self, name: str) -> str:
        """The script of that name; "" when there is none."""
        ...

    def put(self, name: str, content: str) -> None:
        """Keep the script, compiled by the server first. Raises EngineRefused when it does not compile."""
        ...

    def check(self, content: str) -> tuple[ScriptError, ...]:
        """What keeps the script from being compiled (CHECKSCRIPT, RFC 5804 §2.12); nothing is kept."""
        ...

    def activate(self, name: str) -> None:
        """This script runs from the next delivery on; "" = none does."""
        ...

    def drop(self, name: str) -> None:
        """Remove a script that does not run."""
        ...


class OpenScripts(Protocol):
    def __call__(self, mailbox: str) -> AbstractContextManager[Scripts]: ...


class PutHouseScript(Protocol):
    def __call__(self, mailbox: str, content: str) -> None:
        """This script runs before the personal one from the next delivery on; "" = none does.

        ManageSieve does not reach it. Raises EngineDown, EngineRefused when it does not compile.
        """
        ...


class FoldersOf(Protocol):
    def __call__(self, mailbox: str, session_key: str) -> tuple[Choice, ...]:
        """Where mail may be filed, special folders first. Raises EngineDown."""
        ...


class RecentOf(Protocol):
    def __call__(
        self, mailbox: str, session_key: str, count: int, *, whole: bool = False
    ) -> tuple[Glance, ...]:
        """The last messages received, newest first; `whole`: read, not only listed. Raises EngineDown."""
        ...


class MessageOf(Protocol):
    def __call__(self, mailbox: str, session_key: str, ref: str) -> Glance | None:
        """One message, read, by its reference as addresses write it; None when gone. Raises EngineDown."""
        ...


class Received(Protocol):
    """The messages that wait in the inbox, over one connection. Raises EngineDown."""

    def keys(self) -> tuple[str, ...]:
        """Oldest first."""
        ...

    def look(self, keys: Sequence[str], *, whole: bool) -> tuple[Glance, ...]:
        """Those still there."""
        ...

    def carry(self, keys: Collection[str], outcome: Outcome) -> None:
        """Marks, copies and moves; nothing is forwarded. Raises Refusal when a folder is gone or full."""
        ...


class OpenReceived(Protocol):
    def __call__(self, mailbox: str) -> AbstractContextManager[Received]: ...


class KnownOf(Protocol):
    def __call__(self, account_id: int) -> tuple[str, ...]:
        """The addresses of somebody's address book."""
        ...


folders_of: Slot[FoldersOf] = Slot("sorting.folders_of")
recent_of: Slot[RecentOf] = Slot("sorting.recent_of")
message_of: Slot[MessageOf] = Slot("sorting.message_of")
open_received: Slot[OpenReceived] = Slot("sorting.open_received")
open_scripts: Slot[OpenScripts] = Slot("sorting.open_scripts")
put_house_script: Slot[PutHouseScript] = Slot("sorting.put_house_script")
known_of: Slot[KnownOf] = Slot("sorting.known_of")
