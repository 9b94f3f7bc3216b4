"""Ports of compose: absences, distribution lists, mail directory, workbooks."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any, Protocol

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
        """The addresses, among these (lower case), that one of our mailboxes receives. Raises EngineDown."""
        ...


class ReadSheet(Protocol):
    def __call__(self, content: bytes) -> Mapping[str, Any]:
        """What `rules.sheets.task.perform` answers of a workbook, in the sandbox.

        Raises EngineRefused for one beyond the budget, EngineDown.
        """
        ...


read_sheet: Slot[ReadSheet] = Slot("compose.read_sheet")
lists_like: Slot[ListsLike] = Slot("compose.lists_like")
lists_at: Slot[ListsAt] = Slot("compose.lists_at")
absent_until: Slot[AbsentUntil] = Slot("compose.absent_until")
