"""Distribution lists, as whoever writes is offered them."""

from collections.abc import Collection
from datetime import datetime

from vaguemestre.mailbox.compose.values import Gathering
from vaguemestre.schools.lists import queries as lists_queries
from vaguemestre.schools.lists.values import Addressed


def gatherings_like(account_id: int, typed: str, now: datetime, *, limit: int) -> tuple[Gathering, ...]:
    """Lists, as whoever writes is offered them."""
    found = lists_queries.lists_like(account_id, typed, now, limit=limit)
    return tuple(Gathering(one.address, one.title) for one in found)


def gatherings_at(account_id: int, addresses: Collection[str], now: datetime) -> dict[str, Gathering]:
    found = lists_queries.addressed(account_id, addresses, now)
    return {address: _gathering(one) for address, one in found.items()}


def _gathering(one: Addressed) -> Gathering:
    counted = one.counted
    if counted is None:
        return Gathering(one.address, one.title, waits=one.waits)
    sample = tuple(
        (member.name or member.address, ", ".join(member.reasons[:1])) for member in counted.sample
    )
    return Gathering(one.address, one.title, counted.count, sample, one.waits)
