"""What sharing needs from the mail store and from live streams."""

from datetime import datetime
from typing import Protocol

from vaguemestre.foundation.kernel.slots import Slot
from vaguemestre.schools.sharing.values import InboxMessage


class LatestMessages(Protocol):
    def __call__(self, mailbox: str, session_key: str, number: int) -> tuple[InboxMessage, ...]:
        """The newest messages of the inbox, and those snoozed out of it, newest first.

        Raises EngineDown, EngineRefused.
        """
        ...


latest_messages: Slot[LatestMessages] = Slot("sharing.latest_messages")


class SnoozedUntil(Protocol):
    def __call__(self, mailbox: str, message_id: str) -> datetime | None:
        """When a message comes back that a member snoozed; None if it is not snoozed."""
        ...


snoozed_until: Slot[SnoozedUntil] = Slot("sharing.snoozed_until")


class RefreshPages(Protocol):
    def __call__(self, mailbox: str) -> None:
        """Tell the pages open on that mailbox that members' work there changed. Best effort."""
        ...


refresh_pages: Slot[RefreshPages] = Slot("sharing.refresh_pages")
