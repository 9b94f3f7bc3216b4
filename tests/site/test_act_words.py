"""Whoever is asked for a fresh proof reads which act it is for, whatever the order of a view's decorators."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from tests.mailbox.sorting.samples import memory_sieve
from tests.site.belonging import belongings
from tests.site.doors import audiences
from tests.site.doorways import ROLES, People, doorways, people

from vaguemestre.access.signin.models import BrowserSession, InterruptedAct
from vaguemestre.post.mailstore.ports import open_mailbox

NAMED = {
    "breaches:open": "ouvrir un dossier de violation",
    "breaches:file": "changer un dossier de violation",
    "breaches:notice": "enregistrer un avis envoyé",
    "breaches:close": "clore un dossier de violation",
    "lists:add-members": "ajouter des membres à une liste",
    "lists:roles": "changer les responsables d’une liste",
}


@pytest.fixture
def crowd(db: None) -> Iterator[People]:
    before, made = open_mailbox.get(), people()
    open_mailbox.replace(made.boxes)
    with memory_sieve():
        yield made
    open_mailbox.replace(before)


@pytest.mark.heavy
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_act_is_named_to_whoever_is_asked_for_a_fresh_proof(crowd: People) -> None:
    words: dict[str, str] = {}
    unnamed: set[str] = set()
    things, roles = list(belongings(crowd)), audiences()
    for door in doorways():
        role = next((role for role in ROLES[1:] if role in roles[door.name]), "")
        places = {door.address(**thing.ids) for thing in things if thing.is_at(door)} or {door.address()}
        for place in places if role else ():
            browser = crowd.browser(role)
            BrowserSession.objects.update(started_at=timezone.now() - timedelta(minutes=20))
            browser.post(place)
            for act in InterruptedAct.objects.all():
                words[door.name] = act.words
                if not act.words:
                    unnamed.add(door.name)
                act.delete()
    assert {name: words.get(name) for name in NAMED} == NAMED
    assert not unnamed, " ".join(sorted(unnamed))
