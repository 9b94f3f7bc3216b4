"""What the desk asks of the engines and of other rooms: numbers and reasons, never a message."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from vaguemestre.desks.helpdesk.values import Forward, Undelivered, Usage
from vaguemestre.foundation.kernel.slots import Slot


class UndeliveredTo(Protocol):
    def __call__(self, addresses: Collection[str], *, now: datetime) -> Sequence[Undelivered]:
        """The last messages those addresses (lower case) did not get, newest first. Raises EngineDown."""
        ...


class UsageOf(Protocol):
    def __call__(self, mailbox: str) -> Usage:
        """Raises EngineDown or EngineRefused."""
        ...


class ForwardsOf(Protocol):
    def __call__(self, account_id: int) -> Sequence[Forward]:
        """The rules of an account that send its mail elsewhere."""
        ...


undelivered_to: Slot[UndeliveredTo] = Slot("helpdesk.undelivered_to")
usage_of: Slot[UsageOf] = Slot("helpdesk.usage_of")
forwards_of: Slot[ForwardsOf] = Slot("helpdesk.forwards_of")
