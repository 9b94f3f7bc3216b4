"""An account suspended from the command line, in this process."""

import pytest
from tests.access.signin.people import account
from tests.rows import make

from vaguemestre.cli.people.account import suspend
from vaguemestre.mailbox.sorting.models import AbsenceRow
from vaguemestre.mailbox.sorting.values import Place
from vaguemestre.people.credentials.models import Account

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_suspension_ends_the_absence_of_ones_own_and_keeps_its_text() -> None:
    nicolas = account()
    make(AbsenceRow, account=nicolas, place=Place.FIRST, is_on=True, external_text="Écrivez à x@y.example")
    suspend("nmorel")
    assert Account.objects.get(pk=nicolas.pk).state == "suspended"
    assert AbsenceRow.objects.values_list("is_on", "external_text").get() == (False, "Écrivez à x@y.example")
