"""What is shown before an event is declared is what declaring it does."""

from datetime import timedelta

import pytest
from tests.access.signin.people import account
from tests.people.lifecycle.test_services import NOW, NUMBERS, TODAY

from vaguemestre.people.credentials.models import Account
from vaguemestre.people.lifecycle import rules, services
from vaguemestre.people.lifecycle.labels_fr import forecast_sentences
from vaguemestre.people.lifecycle.models import LifecycleEvent
from vaguemestre.people.lifecycle.queries import account_lifecycle
from vaguemestre.people.lifecycle.values import EventKind, Step

pytestmark = pytest.mark.django_db
DECLARED = tuple(
    event for event in EventKind if event not in rules.DECLARED_BY_FEED | rules.DECLARED_BY_HELPDESK
)


@pytest.fixture
def marie() -> Account:
    return account("mmartin")


@pytest.mark.parametrize(
    ("event", "in_days"),
    [
        (event, days)
        for event in DECLARED
        for days in (0, -70, 20)
        if event is not EventKind.DEATH or days <= 0
    ],
)
def test_what_is_foreseen_is_what_is_done(marie: Account, event: EventKind, in_days: int) -> None:
    effect_on = TODAY + timedelta(days=in_days)
    foreseen = services.forecast(marie.pk, event, effect_on, NUMBERS, today=TODAY)
    assert not LifecycleEvent.objects.exists()
    services.declare_event(marie.pk, event, effect_on, NUMBERS, by="test", now=NOW, today=TODAY)
    passage = LifecycleEvent.objects.get()
    done = [step for step in passage.done if not step.startswith("notice-")]
    assert done == list(foreseen.at_once)
    life = account_lifecycle(marie.pk, rules.consequence_table(NUMBERS))
    assert life is not None
    assert life.to_come == foreseen.later
    told_today = any(step.startswith("notice-") for step in passage.done)
    assert told_today == (TODAY in foreseen.notices)


def test_a_death_says_that_it_shuts_at_once(marie: Account) -> None:
    foreseen = services.forecast(marie.pk, EventKind.DEATH, TODAY, NUMBERS, today=TODAY)
    told = forecast_sentences(foreseen)
    assert foreseen.at_once == (Step.HIDE, Step.FREEZE)
    assert any("Aussitôt, le compte est fermé" in one for one in told)
    assert told[-1].endswith("la boîte est effacée : il n’en reste rien.")


def test_what_it_takes_the_place_of_is_told(marie: Account) -> None:
    services.declare_event(marie.pk, EventKind.DEATH, TODAY, NUMBERS, by="test", now=NOW, today=TODAY)
    services.end_event(marie.pk, by="test", now=NOW)
    services.declare_event(marie.pk, EventKind.RETIREMENT, TODAY, NUMBERS, by="test", now=NOW, today=TODAY)
    told = forecast_sentences(services.forecast(marie.pk, EventKind.LEAVE, TODAY, NUMBERS, today=TODAY))
    assert told[0] == "La déclaration en cours est remplacée : Retraite."
