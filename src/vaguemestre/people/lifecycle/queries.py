"""Reads of lifecycle events."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from itertools import batched

from django.db.models import QuerySet

from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.queries import AccountStatus, account_status, account_statuses
from vaguemestre.people.credentials.values import AccountState
from vaguemestre.people.directory.queries import HeadedPlace, places_headed_by
from vaguemestre.people.lifecycle import rules
from vaguemestre.people.lifecycle.models import LifecycleEvent
from vaguemestre.people.lifecycle.values import (
    ACTOR_FEED,
    ACTOR_SYSTEM,
    AccountLifecycle,
    ConsequenceTable,
    DueStep,
    EventKind,
    Step,
)

_BATCH_PARAMS = 10_000
_DEPARTURES = (
    EventKind.CONTRACT_END,
    EventKind.RETIREMENT,
    EventKind.TRANSFER,
    EventKind.ACADEMY_MOVE,
)


def account_lifecycle(account_id: int, table: ConsequenceTable) -> AccountLifecycle | None:
    """The account as it is, and the steps to come; None if there is no such account."""
    account = account_status(account_id)
    return _account_lifecycle(account, open_event(account_id), table) if account else None


def open_event(account_id: int) -> LifecycleEvent | None:
    """The open event of an account, if any."""
    return LifecycleEvent.objects.filter(account_id=account_id, ended_at=None).first()


def due_event_ids(today: date) -> list[int]:
    """Ids of open events with something due that day or before."""
    rows = LifecycleEvent.objects.filter(ended_at=None, next_on__lte=today).order_by("next_on", "pk")
    return list(rows.values_list("pk", flat=True))


def open_contract_ends() -> dict[int, date | None]:
    """Account → the day an officer declared, for open ends of contract; None if the posts alone say it."""
    rows = LifecycleEvent.objects.filter(ended_at=None, event=EventKind.CONTRACT_END)
    return {
        account_id: None if by in (ACTOR_SYSTEM, ACTOR_FEED) else effect_on
        for account_id, by, effect_on in rows.values_list("account_id", "by", "effect_on")
    }


def dues_of(event: LifecycleEvent, table: ConsequenceTable) -> tuple[DueStep, ...]:
    """The steps of an event and their days, in order."""
    return rules.due_steps(
        table[EventKind(event.event)],
        event.effect_on,
        event.closes_on,
        declared_on=paris_day(event.declared_at),
    )


def closing_days(table: ConsequenceTable, account_ids: Collection[int] | None = None) -> dict[int, date]:
    """Account → planned closing day, for these accounts, or for all (None)."""
    rows = LifecycleEvent.objects.filter(ended_at=None).only(
        "account_id", "event", "effect_on", "closes_on", "declared_at"
    )
    parts = (
        [rows]
        if account_ids is None
        else [rows.filter(account_id__in=batch) for batch in batched(account_ids, _BATCH_PARAMS)]
    )
    days = {event.account_id: rules.closing_day(dues_of(event, table)) for part in parts for event in part}
    return {account_id: day for account_id, day in days.items() if day}


def declared_departures(account_ids: Collection[int]) -> dict[int, date]:
    """Account → day of effect of the departure that its service declared, for these accounts.

    Nothing else is told: a leave, a suspension or a death is nobody's business at the person's workplace.
    """
    days: dict[int, date] = {}
    for batch in batched(account_ids, _BATCH_PARAMS):
        rows = LifecycleEvent.objects.filter(ended_at=None, event__in=_DEPARTURES, account_id__in=batch)
        days.update(rows.values_list("account_id", "effect_on"))
    return days


def accounts_with_open_event(account_ids: Collection[int]) -> frozenset[int]:
    """Which of these accounts have an open event."""
    open_ids = LifecycleEvent.objects.filter(ended_at=None).values_list("account_id", flat=True)
    return frozenset(open_ids) & frozenset(account_ids)


def first_event_that_did(event: LifecycleEvent, steps: Collection[Step]) -> LifecycleEvent | None:
    """The event that ran one of these steps: itself, or the first of those it replaced; None if none did.

    A correction replaces an event, and finds done what it would do.
    """
    match = event if not set(steps).isdisjoint(event.done) else None
    replaced_at = event.declared_at
    former = LifecycleEvent.objects.filter(account_id=event.account_id, ended_at__lte=event.declared_at)
    for earlier in former.order_by("-ended_at", "-pk"):
        if earlier.ended_at != replaced_at or set(steps).isdisjoint(earlier.done):
            break
        match, replaced_at = earlier, earlier.declared_at
    return match


def suspended_by_service(account_ids: Collection[int]) -> frozenset[int]:
    """Which of these accounts an open declaration of their service suspends: it alone reopens them."""
    statuses = account_statuses(account_ids)
    held = [pk for pk, account in statuses.items() if account.state == AccountState.SUSPENDED]
    suspended = set[int]()
    for batch in batched(held, _BATCH_PARAMS):
        rows = LifecycleEvent.objects.filter(ended_at=None, account_id__in=batch)
        suspended.update(
            event.account_id
            for event in rows
            if Step.SUSPEND in event.done or first_event_that_did(event, [Step.SUSPEND])  # asked of few
        )
    return frozenset(suspended)


def is_deceased(account_id: int) -> bool:
    """Whether a death is declared of the person of this account."""
    return LifecycleEvent.objects.filter(account_id=account_id, ended_at=None, event=EventKind.DEATH).exists()


def withdrawn_accounts() -> QuerySet[LifecycleEvent, int]:
    """Accounts whose shared mailboxes, lists and delegations are withdrawn now, to be excluded elsewhere."""
    return LifecycleEvent.objects.filter(withdrawn_at__isnull=False).values_list("account_id", flat=True)


def withdrawn_among(account_ids: Collection[int]) -> frozenset[int]:
    """Which of these accounts are withdrawn."""
    return frozenset(withdrawn_accounts()) & frozenset(account_ids)


def places_directed_by(account_id: int, person_id: int, day: date) -> tuple[HeadedPlace, ...]:
    """The establishments the person directs that day; none after departure or during a long leave."""
    places = places_headed_by(person_id, day) if person_id else ()
    return () if places and withdrawn_among([account_id]) else places


def keeps_mail_here(account_id: int) -> bool:
    """Whether their mail is kept rather than forwarded, during a long leave (docs/domain.md §3.6)."""
    event = open_event(account_id)
    return event is not None and event.event == EventKind.LONG_LEAVE and Step.ANSWER in event.done


def upcoming_lifecycles(table: ConsequenceTable, *, limit: int = 200) -> list[tuple[str, AccountLifecycle]]:
    """(username, lifecycle) of accounts with steps to come, the nearest first."""
    rows = LifecycleEvent.objects.filter(ended_at=None, next_on__isnull=False).order_by("next_on", "pk")[
        :limit
    ]
    accounts = account_statuses([row.account_id for row in rows])
    return [
        (account.username, _account_lifecycle(account, row, table))
        for row in rows
        if (account := accounts.get(row.account_id))
    ]


def lifecycles_of_services(
    services: Collection[int], table: ConsequenceTable, until: date, *, limit: int
) -> list[tuple[int, AccountLifecycle]]:
    """(person, lifecycle) of the people of these services for whom something is due by that day.

    Those whose next step is the nearest.
    """
    rows = LifecycleEvent.objects.filter(
        ended_at=None, next_on__lte=until, account__person__service_id__in=services
    ).order_by("next_on", "pk")
    events = list(rows[:limit])
    accounts = account_statuses([row.account_id for row in events])
    return [
        (account.person_id, _account_lifecycle(account, row, table))
        for row in events
        if (account := accounts.get(row.account_id)) and account.person_id
    ]


def _account_lifecycle(
    account: AccountStatus, event: LifecycleEvent | None, table: ConsequenceTable
) -> AccountLifecycle:
    lifecycle = AccountLifecycle(
        account.account_id,
        account.state,
        account.state_since,
        account.mailbox_state,
        account.mailbox_since,
    )
    if event is None:
        return lifecycle
    kind = EventKind(event.event)
    dues = dues_of(event, table)
    return replace(
        lifecycle,
        event=kind,
        effect_on=event.effect_on,
        to_come=tuple(due for due in dues if due.step not in event.done),
        closes_on=rules.closing_day(dues),
        new_address=event.new_address,
        tells_new_address=event.tells_new_address,
    )
