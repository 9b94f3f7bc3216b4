"""What the composer takes from others: distribution lists as recipients, the sandbox for workbooks."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from vaguemestre.engines.conversion.task_runner import Budget, FileReader
from vaguemestre.mailbox.compose.rules.sheets import task
from vaguemestre.mailbox.compose.values import DistributionList, ListMember
from vaguemestre.schools.lists import queries as lists_queries
from vaguemestre.schools.lists.values import AddressedList

_SHEET_BUDGET = Budget(processor=6, clock=30)


def lists_like(account_id: int, typed: str, now: datetime, *, limit: int) -> tuple[DistributionList, ...]:
    """Lists the account may write to whose name or address matches the typed words."""
    rows = lists_queries.search_writable_lists(account_id, typed, now, limit=limit)
    return tuple(DistributionList(row.address, row.title) for row in rows)


def lists_at(account_id: int, addresses: Collection[str], now: datetime) -> dict[str, DistributionList]:
    """Lists among the addresses, with their current members."""
    rows = lists_queries.addressed_lists(account_id, addresses, now)
    return {address: _distribution_list(row) for address, row in rows.items()}


def _distribution_list(row: AddressedList) -> DistributionList:
    audience = row.audience
    if audience is None:
        return DistributionList(row.address, row.title, waits=row.is_held)
    sample = tuple(
        ListMember(member.name or member.address, ", ".join(member.reasons[:1])) for member in audience.sample
    )
    return DistributionList(row.address, row.title, audience.count, sample, row.is_held)


class SheetReader:
    """`compose.ports.ReadSheet`. One workbook at a time and one that waits: each holds a thread."""

    def __init__(self) -> None:
        self._read = FileReader(task.__name__, _SHEET_BUDGET)

    def __call__(self, content: bytes) -> Mapping[str, Any]:
        answer: Mapping[str, Any] = self._read({}, content)
        return answer
