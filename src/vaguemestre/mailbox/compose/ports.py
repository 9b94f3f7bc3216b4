"""Ports of compose: absences, distribution lists, mail directory."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Protocol

from vaguemestre.foundation.kernel.slots import Slot
from vaguemestre.mailbox.compose.values import DistributionList


class AbsentUntil(Protocol):
    def __call__(self, addresses: Collection[str], now: datetime) -> dict[str, date]:
        """Last day of absence of those who are away at that moment, by address."""
        ...


class ListsLike(Protocol):
    def __call__(
        self, account_id: int, typed: str, now: datetime, *, limit: int
    ) -> tuple[DistributionList, ...]:
        """Lists the account may write to whose name or address matches the typed words."""
        ...


class ListsAt(Protocol):
    def __call__(
        self, account_id: int, addresses: Collection[str], now: datetime
    ) -> dict[str, DistributionList]:
        """Distribution lists among the addresses (lower case), by address, with their current members."""
        ...


class DeliveredAddresses(Protocol):
    def __call__(self, addresses: Collection[str]) -> frozenset[str]:
        """Those of the addresses (lower case) that one of our mailboxes receives. Raises EngineDown."""
        ...


lists_like: Slot[ListsLike] = Slot("compose.lists_like")
lists_at: Slot[ListsAt] = Slot("compose.lists_at")
absent_until: Slot[AbsentUntil] = Slot("compose.absent_until")
