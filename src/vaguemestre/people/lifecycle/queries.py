"""Reading lives."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from itertools import batched

from django.db.models import QuerySet

from vaguemestre.people.credentials.queries import Standing, standing, standings
from vaguemestre.people.lifecycle import rules
from vaguemestre.people.lifecycle.models import Passage
from vaguemestre.people.lifecycle.values import Event, Life, Step, Table

_IN_ONE_QUESTION = 10_000


def life_of(account_id: int, table: Table) -> Life | None:
    """The account as it is and what is to come."""
    now, passage = standing(account_id), open_passage(account_id)
    return _life(now, passage, table) if now else None


def open_passage(account_id: int) -> Passage | None:
    return Passage.objects.filter(account_id=account_id, ended_at=None).first()


def due_passages(today: date) -> list[int]:
    """Those of which something follows that day."""
    rows = Passage.objects.filter(ended_at=None, next_on__lte=today).order_by("next_on", "pk")
    return list(rows.values_list("pk", flat=True))


def open_of(event: Event) -> dict[int, int]:
    """Account → passage, for open passages of that event."""
    return dict(Passage.objects.filter(ended_at=None, event=event).values_list("account_id", "pk"))


def closing_days(table: Table, account_ids: Collection[int] | None = None) -> dict[int, date]:
    """Account → day its closing is planned for, among those accounts, or all (None)."""
    rows = Passage.objects.filter(ended_at=None).only("account_id", "event", "effect_on", "closes_on")
    parts = (
        [rows]
        if account_ids is None
        else [rows.filter(account_id__in=some) for some in batched(account_ids, _IN_ONE_QUESTION)]
    )
    days = {
        passage.account_id: rules.closing_day(
            rules.steps(table[Event(passage.event)], passage.effect_on, passage.closes_on)
        )
        for part in parts
        for passage in part
    }
    return {account_id: day for account_id, day in days.items() if day}


def passing(account_ids: Collection[int]) -> frozenset[int]:
    """Those of them to whom something happens already."""
    found = Passage.objects.filter(ended_at=None).values_list("account_id", flat=True)
    return frozenset(found) & frozenset(account_ids)


def withdrawn() -> QuerySet[Passage, int]:
    """The accounts to whom boxes, lists and delegations do not belong now, for others to leave out."""
    return Passage.objects.filter(withdrawn_at__isnull=False).values_list("account_id", flat=True)


def withdrawn_among(account_ids: Collection[int]) -> frozenset[int]:
    """Those of them."""
    return frozenset(withdrawn()) & frozenset(account_ids)


def stays_here(account_id: int) -> bool:
    """Whether their mail is kept rather than forwarded, during a long leave (docs/domain.md §3.6)."""
    passage = open_passage(account_id)
    return passage is not None and passage.event == Event.LONG_LEAVE and Step.ANSWER in passage.done


def coming(table: Table, *, limit: int = 200) -> list[tuple[str, Life]]:
    """(username, life) of those for whom something is to come, the nearest first."""
    rows = Passage.objects.filter(ended_at=None, next_on__isnull=False).order_by("next_on", "pk")[:limit]
    known = standings([row.account_id for row in rows])
    return [
        (known[row.account_id].username, _life(known[row.account_id], row, table))
        for row in rows
        if row.account_id in known
    ]


def _life(now: Standing, passage: Passage | None, table: Table) -> Life:
    life = Life(now.account_id, now.state, now.state_since, now.mailbox_state, now.mailbox_since)
    if passage is None:
        return life
    event = Event(passage.event)
    dues = rules.steps(table[event], passage.effect_on, passage.closes_on)
    return replace(
        life,
        event=event,
        effect_on=passage.effect_on,
        declared_by=passage.by,
        to_come=tuple(due for due in dues if due.step not in passage.done),
        closes_on=rules.closing_day(dues),
        new_address=passage.new_address,
        tells_new_address=passage.tells_new_address,
    )
