"""A date that does not exist is called impossible, whatever form it is written in."""

from collections.abc import Callable
from datetime import date

import pytest
from django.core.exceptions import ValidationError

from vaguemestre.access.assistant.forms import BirthDateForm
from vaguemestre.access.assistant.rules.birth_dates import birth_date
from vaguemestre.cli.failures import Failed
from vaguemestre.cli.people.life import _day as day_of_the_command_line
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import NoSuchDay, parse_day
from vaguemestre.foundation.ui.days import DayField
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.mailbox.compose.rules.due_time import _scheduled
from vaguemestre.mailbox.contacts.rules.cards import read_birthday
from vaguemestre.mailbox.sorting.rules.filters import _check_condition
from vaguemestre.mailbox.sorting.values import Aspect, Condition, Relation
from vaguemestre.mailbox.webmail.rules.listing.view_params import parse_typed_day
from vaguemestre.post.filelinks.forms import TermsForm
from vaguemestre.post.tracking.forms import RescheduleForm
from vaguemestre.schools.lists.forms import DecisionForm

IMPOSSIBLE = "31/02/1990"
SINCE_NEVER = Condition(Aspect.SINCE, Relation.CONTAINS, IMPOSSIBLE)


@pytest.mark.parametrize(
    "typed", [IMPOSSIBLE, "1990-02-31", "29.02.2027", "31-04-2026", "00/01/2026", "1/13/2026"]
)
def test_a_day_no_calendar_has_is_told_from_what_is_no_day(typed: str) -> None:
    with pytest.raises(NoSuchDay):
        parse_day(typed)


@pytest.mark.parametrize("typed", ["", "hier", "12/2026", "12/11/26"])
def test_what_is_not_written_as_a_day_is_not_called_impossible(typed: str) -> None:
    with pytest.raises(ValueError) as refused:
        parse_day(typed)
    assert not isinstance(refused.value, NoSuchDay)


def of_form(form: object) -> str:
    assert not form.is_valid()  # type: ignore[attr-defined]
    return str(form.errors)  # type: ignore[attr-defined]


def of_refusal(act: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as refused:
        act()
    return sentence(refused.value)


def of_field() -> str:
    with pytest.raises(ValidationError) as refused:
        DayField().clean(IMPOSSIBLE)
    return refused.value.messages[0]


def of_command_line() -> str:
    with pytest.raises(Failed) as refused:
        day_of_the_command_line(IMPOSSIBLE)
    return str(refused.value)


def of_later() -> object:
    return _scheduled(f"{IMPOSSIBLE} 08:00", date(2026, 9, 1))


def of_list_decision() -> str:
    form = DecisionForm({"act": "accept", "day": IMPOSSIBLE, "hour": "08:00"})
    form.is_valid()
    return of_refusal(form.due_at)


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(of_field, id="day field"),
        pytest.param(of_command_line, id="command line"),
        pytest.param(of_list_decision, id="list"),
        pytest.param(lambda: of_form(BirthDateForm({"birth_date": IMPOSSIBLE})), id="activation"),
        pytest.param(
            lambda: of_form(BirthDateForm({"birth_date": "31 février 1990"})), id="activation in words"
        ),
        pytest.param(lambda: of_form(BirthDateForm({"birth_date": "31-2-90"})), id="activation, two digits"),
        pytest.param(lambda: of_form(RescheduleForm({"day": IMPOSSIBLE, "hour": "08:00"})), id="put off"),
        pytest.param(lambda: of_refusal(lambda: read_birthday(IMPOSSIBLE)), id="contact"),
        pytest.param(lambda: of_refusal(TermsForm({"until": IMPOSSIBLE}).terms), id="file lent"),
        pytest.param(lambda: of_refusal(lambda: parse_typed_day(IMPOSSIBLE)), id="snooze"),
        pytest.param(lambda: of_refusal(of_later), id="later"),
        pytest.param(
            lambda: of_refusal(
                lambda: _check_condition(Condition(Aspect.SINCE, Relation.CONTAINS, IMPOSSIBLE))
            ),
            id="filter",
        ),
    ],
)
def test_every_form_calls_it_impossible(said: Callable[[], str]) -> None:
    words = said()
    assert "n’existe pas" in words
    assert "ainsi" not in words


def test_a_birth_date_that_exists_is_read() -> None:
    assert birth_date("29 février 1992", today=date(2026, 9, 1)) == date(1992, 2, 29)
