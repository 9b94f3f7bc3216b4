"""What writing asks of rooms beside it."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Protocol

from vaguemestre.foundation.kernel.slots import Slot
from vaguemestre.mailbox.compose.values import Gathering


class AbsentUntil(Protocol):
    def __call__(self, addresses: Collection[str], now: datetime) -> dict[str, date]:
        """Those of the addresses whose owner is away at that moment, with the last day of it."""
        ...


class GatheringsLike(Protocol):
    def __call__(self, account_id: int, typed: str, now: datetime, *, limit: int) -> tuple[Gathering, ...]:
        """Lists that account may write to, of which the words typed say the name or the address."""
        ...


class GatheringsAt(Protocol):
    def __call__(self, account_id: int, addresses: Collection[str], now: datetime) -> dict[str, Gathering]:
        """Those of the addresses (lower case) that are lists', with who receives what is sent there now."""
        ...


class Delivered(Protocol):
    def __call__(self, addresses: Collection[str]) -> frozenset[str]:
        """Those of the addresses (lower case) that one of our mailboxes receives at. Raises EngineDown."""
        ...


gatherings_like: Slot[GatheringsLike] = Slot("compose.gatherings_like")
gatherings_at: Slot[GatheringsAt] = Slot("compose.gatherings_at")
absent_until: Slot[AbsentUntil] = Slot("compose.absent_until")
