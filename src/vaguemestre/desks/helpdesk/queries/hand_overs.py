"""Hand-overs of codes, and who may confirm them."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from vaguemestre.desks.helpdesk.models import HandOverRow
from vaguemestre.desks.helpdesk.values import Confirmer, HandOverDetail, HandOverState
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.queries import (
    accounts_by_person,
    identified,
    presented,
    usernames_of,
)
from vaguemestre.people.credentials.queries.factors import waiting_for_password
from vaguemestre.people.credentials.queries.roles import accounts_with_role
from vaguemestre.people.credentials.values import AccountRole, AccountState
from vaguemestre.people.directory.queries import heads_of_places_served, newest_post_label
from vaguemestre.people.lifecycle.queries import withdrawn_accounts, withdrawn_among

_MAX_CONFIRMERS = 20
_OFFICER = AccountRole.HR_OFFICER


def confirmers_for(account_id: int, now: datetime) -> list[Confirmer]:
    """Who may confirm a person's identity: heads of their schools, or else management officers.

    Nobody whose account nothing opens until a password is chosen.
    """
    account = presented(account_id)
    if account is None or account.person_id is None:
        return []
    accounts = accounts_by_person(heads_of_places_served(account.person_id, paris_day(now)))
    heads = [head.account_id for head in accounts.values() if head.state == AccountState.ACTIVE]
    able = _who_may_act(heads, account_id) or _who_may_act(
        accounts_with_role(_OFFICER, limit=_MAX_CONFIRMERS, academy_id=account.academy_id), account_id
    )
    return [_confirmer(pk) for pk in able]


def _who_may_act(account_ids: Iterable[int], account_id: int) -> list[int]:
    """The accounts, among these, that can open the notice: not the owner's, a secured or a leaver's one."""
    others = [pk for pk in account_ids if pk != account_id]
    shut = waiting_for_password(others) | withdrawn_among(others)
    return [pk for pk in others if pk not in shut]


def pending_hand_overs(second_id: int, now: datetime) -> list[HandOverDetail]:
    """The hand-overs a person has to confirm, oldest first."""
    return _details(_pending(second_id, now).order_by("pk"))


def count_pending_hand_overs(second_id: int, now: datetime) -> int:
    """How many hand-overs a person has to confirm."""
    return _pending(second_id, now).count()


def pending_hand_over(hand_over_id: int, second_id: int, now: datetime) -> HandOverDetail | None:
    """One of them; None if it is another person's, decided or expired."""
    return next(iter(_details(_pending(second_id, now).filter(pk=hand_over_id))), None)


def ended_hand_over(hand_over_id: int, second_id: int) -> HandOverDetail | None:
    """One that a person was asked to confirm, whatever became of it; None if it is another person's."""
    rows = HandOverRow.objects.filter(pk=hand_over_id, second_id=second_id)
    return next(iter(_details(rows.exclude(second_id__in=withdrawn_accounts()))), None)


def waiting_hand_over_of(account_id: int, now: datetime) -> HandOverDetail | None:
    """The hand-over of an account that still waits to be confirmed."""
    rows = HandOverRow.objects.filter(account_id=account_id, state=HandOverRow.State.ASKED, until__gt=now)
    return next(iter(_details(rows)), None)


def hand_overs_of(account_id: int, *, limit: int = 5) -> list[HandOverDetail]:
    """The latest hand-overs of an account, newest first."""
    return _details(HandOverRow.objects.filter(account_id=account_id).order_by("-pk")[:limit])


def _pending(second_id: int, now: datetime) -> QuerySet[HandOverRow]:
    """None for whoever left since they were chosen."""
    rows = HandOverRow.objects.filter(second_id=second_id, state=HandOverRow.State.ASKED, until__gt=now)
    return rows.exclude(second_id__in=withdrawn_accounts())


def _confirmer(account_id: int) -> Confirmer:
    account = presented(account_id)
    place = newest_post_label(identified(account_id).person_id or 0)
    return Confirmer(account_id, account.name if account else "", place)


def _details(rows: QuerySet[HandOverRow]) -> list[HandOverDetail]:
    details = []
    usernames = usernames_of([row.account_id for row in rows])
    for row in rows:
        person, operator, second = (
            _confirmer(row.account_id),
            _confirmer(row.operator_id),
            _confirmer(row.second_id),
        )
        details.append(
            HandOverDetail(
                row.pk,
                row.account_id,
                usernames.get(row.account_id, ""),
                person.name,
                person.place,
                operator.name,
                second.name,
                row.reason,
                HandOverState(row.state),
                row.drops_factors,
                row.made_at,
                row.until,
            )
        )
    return details
