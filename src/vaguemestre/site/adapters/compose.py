"""Distribution lists as recipients of the composer."""

from collections.abc import Collection
from datetime import datetime

from vaguemestre.mailbox.compose.values import DistributionList, ListMember
from vaguemestre.schools.lists import queries as lists_queries
from vaguemestre.schools.lists.values import Addressed


def lists_like(account_id: int, typed: str, now: datetime, *, limit: int) -> tuple[DistributionList, ...]:
    """Lists the account may write to whose name or address matches the typed words."""
    rows = lists_queries.lists_like(account_id, typed, now, limit=limit)
    return tuple(DistributionList(row.address, row.title) for row in rows)


def lists_at(account_id: int, addresses: Collection[str], now: datetime) -> dict[str, DistributionList]:
    """Lists among the addresses, with their current members."""
    rows = lists_queries.addressed(account_id, addresses, now)
    return {address: _distribution_list(row) for address, row in rows.items()}


def _distribution_list(row: Addressed) -> DistributionList:
    counted = row.counted
    if counted is None:
        return DistributionList(row.address, row.title, waits=row.waits)
    sample = tuple(
        ListMember(member.name or member.address, ", ".join(member.reasons[:1])) for member in counted.sample
    )
    return DistributionList(row.address, row.title, counted.count, sample, row.waits)
