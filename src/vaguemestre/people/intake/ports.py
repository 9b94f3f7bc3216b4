"""What the intake needs from other rooms."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Protocol

from vaguemestre.foundation.kernel.slots import Slot


class ClosingDays(Protocol):
    def __call__(self, account_ids: Collection[int] | None) -> Mapping[int, date]:
        """Account → planned closing day, for these accounts, or for all (None)."""
        ...


closing_days: Slot[ClosingDays] = Slot("intake.closing_days")
