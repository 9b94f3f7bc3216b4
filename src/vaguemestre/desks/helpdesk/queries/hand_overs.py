"""Codes to be handed over: who may confirm, and what waits."""

from datetime import datetime

from django.db.models import QuerySet

from vaguemestre.desks.helpdesk.models import HandOverRow
from vaguemestre.desks.helpdesk.values import HandOverShown, Second
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.queries import identified, lives_of, presented
from vaguemestre.people.credentials.queries.roles import accounts_with_role
from vaguemestre.people.directory.queries import heads_of_places_served, newest_post_label

_MOST = 20
_OFFICER = "hr_officer"


def seconds_for(account_id: int, now: datetime) -> list[Second]:
    """Who may confirm who that person is: who leads a school of theirs, else the management officers."""
    person_id = identified(account_id).person_id
    if person_id is None:
        return []
    lives = lives_of(heads_of_places_served(person_id, paris_day(now)))
    heads = [pk for pk, _, state in lives.values() if state == "active" and pk != account_id]
    return [_second(pk) for pk in heads or accounts_with_role(_OFFICER, limit=_MOST) if pk != account_id]


def hand_overs_for(second_id: int, now: datetime) -> list[HandOverShown]:
    """What waits for that person's word, oldest first."""
    rows = HandOverRow.objects.filter(second_id=second_id, state=HandOverRow.State.ASKED, until__gt=now)
    return _shown(rows.order_by("pk"))


def hand_over_for(hand_over_id: int, second_id: int, now: datetime) -> HandOverShown | None:
    """One of them; None for somebody else's, and once it was decided or forgotten."""
    rows = HandOverRow.objects.filter(
        pk=hand_over_id, second_id=second_id, state=HandOverRow.State.ASKED, until__gt=now
    )
    return next(iter(_shown(rows)), None)


def hand_overs_of(account_id: int, *, limit: int = 5) -> list[HandOverShown]:
    """The latest of an account, newest first."""
    return _shown(HandOverRow.objects.filter(account_id=account_id).order_by("-pk")[:limit])


def _second(account_id: int) -> Second:
    account = presented(account_id)
    place = newest_post_label(identified(account_id).person_id or 0)
    return Second(account_id, account.name if account else "", place)


def _shown(rows: QuerySet[HandOverRow]) -> list[HandOverShown]:
    found = []
    for row in rows:
        person, operator, second = _second(row.account_id), _second(row.operator_id), _second(row.second_id)
        found.append(
            HandOverShown(
                row.pk,
                row.account_id,
                person.name,
                person.place,
                operator.name,
                second.name,
                row.reason,
                row.state,
                row.drops_factors,
                row.made_at,
                row.until,
            )
        )
    return found
