"""What writing asks of rooms beside it."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Protocol

from vaguemestre.kernel.slots import Slot


class AbsentUntil(Protocol):
    def __call__(self, addresses: Collection[str], now: datetime) -> dict[str, date]:
        """Those of the addresses whose owner is away at that moment, with the last day of it."""
        ...


absent_until: Slot[AbsentUntil] = Slot("writing.absent_until")
