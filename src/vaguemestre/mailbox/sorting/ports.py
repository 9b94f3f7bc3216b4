"""Ports of sorting: Sieve scripts (RFC 5804), folders and received messages of one mailbox."""

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from vaguemestre.foundation.kernel.slots import Slot
from vaguemestre.mailbox.sorting.values import FolderChoice, MessageSummary, Outcome, ScriptError, ScriptList


class Scripts(Protocol):
    """One mailbox's scripts, over one connection. Every call raises EngineDown or EngineRefused."""

    def list_scripts(self) -> ScriptList: ...

    def read(self, name: str) -> str:
        """Text of the script of that name; "" when there is none."""
        ...

    def put(self, name: str, content: str) -> None:
        """Store the script; the server compiles it first. Raises EngineRefused when it does not compile."""
        ...

    def check(self, content: str) -> tuple[ScriptError, ...]:
        """Compile errors of the script (CHECKSCRIPT, RFC 5804 §2.12); nothing is stored."""
        ...

    def activate(self, name: str) -> None:
        """Run this script from the next delivery on; "" runs none."""
        ...

    def drop(self, name: str) -> None:
        """Delete an inactive script."""
        ...


class OpenScripts(Protocol):
    def __call__(self, mailbox: str) -> AbstractContextManager[Scripts]: ...


class PutHouseScript(Protocol):
    def __call__(self, mailbox: str, content: str) -> None:
        """Run this script before the personal one from the next delivery on; "" runs none.

        Owners cannot reach it through ManageSieve. Raises EngineDown, EngineRefused when it does not compile.
        """
        ...


class FoldersOf(Protocol):
    def __call__(self, mailbox: str, session_key: str) -> tuple[FolderChoice, ...]:
        """Folders a filter may file into, special folders first. Raises EngineDown."""
        ...


class RecentMessages(Protocol):
    def __call__(
        self, mailbox: str, session_key: str, count: int, *, whole: bool = False
    ) -> tuple[MessageSummary, ...]:
        """Last messages of the inbox, newest first; `whole`: with text and all headers.

        Whole, no more of them than may be read while somebody waits. Raises EngineDown.
        """
        ...


class FindMessage(Protocol):
    def __call__(self, mailbox: str, session_key: str, ref: str) -> MessageSummary | None:
        """Message by its reference in page addresses; None when it is gone. Raises EngineDown."""
        ...


class Inbox(Protocol):
    """Messages of the inbox, over one connection. Raises EngineDown."""

    def keys(self) -> tuple[str, ...]:
        """Ids of all messages, oldest first."""
        ...

    def summaries(self, keys: Sequence[str], *, whole: bool) -> tuple[MessageSummary, ...]:
        """Summaries of the messages still there; `whole`: with text and all headers."""
        ...

    def apply(self, keys: Collection[str], outcome: Outcome) -> None:
        """Flag, copy and move; nothing is forwarded. Raises Refusal when a folder is gone or full."""
        ...


class OpenInbox(Protocol):
    def __call__(self, mailbox: str) -> AbstractContextManager[Inbox]: ...


class ContactAddressesOf(Protocol):
    def __call__(self, account_id: int) -> tuple[str, ...]:
        """Addresses in the address book of the account."""
        ...


class CreateLabel(Protocol):
    def __call__(self, account_id: int, name: str) -> None:
        """Create the account's label of that name unless there is one. Inside the caller's transaction.

        Raises Refusal `webmail.label-…`, `webmail.too-many-labels`.
        """
        ...


folders_of: Slot[FoldersOf] = Slot("sorting.folders_of")
recent_messages: Slot[RecentMessages] = Slot("sorting.recent_messages")
find_message: Slot[FindMessage] = Slot("sorting.find_message")
open_inbox: Slot[OpenInbox] = Slot("sorting.open_inbox")
open_scripts: Slot[OpenScripts] = Slot("sorting.open_scripts")
put_house_script: Slot[PutHouseScript] = Slot("sorting.put_house_script")
contact_addresses_of: Slot[ContactAddressesOf] = Slot("sorting.contact_addresses_of")
create_label: Slot[CreateLabel] = Slot("sorting.create_label")
