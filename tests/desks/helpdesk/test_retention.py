"""Requests and hand-overs go a while after their end, and with the person they are about."""

from datetime import timedelta

import pytest
from tests.access.signin.people import NOON, account

from vaguemestre.desks.helpdesk.models import HandOverRow, RequestRow
from vaguemestre.desks.helpdesk.services.erasure import forget_person
from vaguemestre.desks.helpdesk.services.retention import delete_old_requests
from vaguemestre.people.credentials.models import Account

pytestmark = pytest.mark.django_db(transaction=True)


def hand_over(of: Account, operator: Account) -> HandOverRow:
    return HandOverRow.objects.create(
        account=of, operator=operator, second=operator, reason="Sans contact", made_at=NOON, until=NOON
    )


def answered(of: Account | None, token: str) -> RequestRow:
    return RequestRow.objects.create(account=of, token_sha256=token, made_at=NOON, answered_at=NOON)


@pytest.mark.parametrize(("seconds", "kept"), [(0, 1), (1, 0)])
def test_requests_and_hand_overs_are_kept_the_days_of_the_setting(seconds: int, kept: int) -> None:
    hand_over(account(), account("desk", role="helpdesk"))
    answered(None, "a")
    RequestRow.objects.create(token_sha256="open", made_at=NOON)
    delete_old_requests(90, now=NOON + timedelta(days=90, seconds=seconds))
    assert HandOverRow.objects.count() == kept
    assert set(RequestRow.objects.values_list("token_sha256", flat=True)) == {"open", *["a"] * kept}


def test_what_the_desk_knows_of_somebody_erased_goes_and_nobody_elses() -> None:
    nicolas, other, operator = account(), account("autre"), account("desk", role="helpdesk")
    for row in (nicolas, other):
        hand_over(row, operator)
        answered(row, row.username)
    forget_person(nicolas.pk)
    assert [row.account_id for row in HandOverRow.objects.all()] == [other.pk]
    assert [row.account_id for row in RequestRow.objects.all()] == [other.pk]
