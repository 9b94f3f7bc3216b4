"""An operator's actions of a day are counted one after the other, however many are asked at once."""

import pytest
from django.utils import timezone
from tests.access.signin.people import account
from tests.access.signin.races import at_once

from vaguemestre.desks.helpdesk.rules.actions import MAX_ACTIONS_A_DAY
from vaguemestre.desks.helpdesk.services import perform_action
from vaguemestre.desks.helpdesk.values import DeskAction
from vaguemestre.foundation.journal.services import Line, record_many
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.ports import secret_keys

AT_ONCE = 6


@pytest.mark.django_db(transaction=True)
def test_suspensions_asked_at_once_do_not_pass_the_limit_of_a_day() -> None:
    operator = account("lpoulain", role="helpdesk", first_name="Lucie", last_name="Poulain")
    people = [account(f"agent{n}", first_name="A", last_name=f"B{n}").pk for n in range(AT_ONCE)]
    before = MAX_ACTIONS_A_DAY[DeskAction.SUSPEND] - 2
    line = Line(
        f"helpdesk.{DeskAction.SUSPEND}", to="account:0", by=f"account:{operator.pk}", at=timezone.now()
    )
    record_many([line] * before)

    def suspend(number: int) -> str:
        try:
            perform_action(
                DeskAction.SUSPEND, people[number], "Appel du 25", secret_keys.get(),
                operator_id=operator.pk, now=timezone.now(),
            )  # fmt: skip
        except Refusal as refusal:
            return refusal.code
        return "done"

    answers = sorted(at_once(AT_ONCE, suspend))
    assert answers == ["done", "done", *["helpdesk.enough-today"] * (AT_ONCE - 2)]
    assert Account.objects.filter(pk__in=people, state="suspended").count() == 2
