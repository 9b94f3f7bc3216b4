"""What intake asks of the outside."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Protocol

from vaguemestre.foundation.kernel.slots import Slot


class ClosingDays(Protocol):
    def __call__(self, account_ids: Collection[int] | None) -> Mapping[int, date]:
        """Account → day its closing is planned for, among those accounts, or all (None)."""
        ...


closing_days: Slot[ClosingDays] = Slot("intake.closing_days")
