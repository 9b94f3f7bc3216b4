"""What is shown before an event is declared is what declaring it does."""

from datetime import timedelta

import pytest
from tests.access.signin.people import account
from tests.people.lifecycle.test_services import NOW, NUMBERS, TODAY

from vaguemestre.people.credentials.models import Account
from vaguemestre.people.lifecycle import rules, services
from vaguemestre.people.lifecycle.models import Passage
from vaguemestre.people.lifecycle.queries import life_of
from vaguemestre.people.lifecycle.values import Event, Step
from vaguemestre.people.lifecycle.words import consequences

pytestmark = pytest.mark.django_db
DECLARED = tuple(event for event in Event if event not in rules.BY_THE_FEED | rules.BY_THE_DESK)


@pytest.fixture
def marie() -> Account:
    return account("mmartin")


@pytest.mark.parametrize("event", DECLARED)
@pytest.mark.parametrize("in_days", [0, -70, 20])
def test_what_is_foreseen_is_what_is_done(marie: Account, event: Event, in_days: int) -> None:
    effect_on = TODAY + timedelta(days=in_days)
    foreseen = services.foresee(marie.pk, event, effect_on, NUMBERS, today=TODAY)
    assert not Passage.objects.exists()
    services.declare(marie.pk, event, effect_on, NUMBERS, by="test", now=NOW, today=TODAY)
    passage = Passage.objects.get()
    done = [step for step in passage.done if not step.startswith("notice-")]
    assert done == list(foreseen.at_once)
    life = life_of(marie.pk, rules.table(NUMBERS))
    assert life is not None
    assert life.to_come == foreseen.later
    told_today = any(step.startswith("notice-") for step in passage.done)
    assert told_today == (TODAY in foreseen.notices)


def test_a_death_says_that_it_shuts_at_once(marie: Account) -> None:
    foreseen = services.foresee(marie.pk, Event.DEATH, TODAY, NUMBERS, today=TODAY)
    told = consequences(foreseen)
    assert foreseen.at_once == (Step.HIDE, Step.FREEZE)
    assert any("Aussitôt, le compte est fermé" in one for one in told)
    assert told[-1].endswith("la boîte est effacée : il n’en reste rien.")


def test_what_it_takes_the_place_of_is_told(marie: Account) -> None:
    services.declare(marie.pk, Event.DEATH, TODAY, NUMBERS, by="test", now=NOW, today=TODAY)
    services.come_back(marie.pk, by="test", now=NOW)
    services.declare(marie.pk, Event.RETIREMENT, TODAY, NUMBERS, by="test", now=NOW, today=TODAY)
    told = consequences(services.foresee(marie.pk, Event.LEAVE, TODAY, NUMBERS, today=TODAY))
    assert told[0] == "La déclaration en cours est remplacée : Retraite."
