"""« Votre départ »: who leaves reads when, gives the new address or not, and closes with no box left."""

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from tests.access.signin.people import PASSWORD, account
from tests.mailbox.portability.test_page import ADDRESS, words

from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.lifecycle import services
from vaguemestre.people.lifecycle.models import LifecycleEvent
from vaguemestre.people.lifecycle.ports import boxes_owned
from vaguemestre.people.lifecycle.values import EventKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def nicolas() -> Account:
    return account()


@pytest.fixture
def client(nicolas: Account) -> Client:
    made = Client()
    assert made.post("/alogin", {"username": nicolas.username, "secret": PASSWORD}).status_code == 302
    return made


@pytest.fixture
def boxes() -> Iterator[list[str]]:
    held, owned = boxes_owned.get(), list[str]()
    boxes_owned.replace(lambda account_id: tuple(owned))
    yield owned
    boxes_owned.replace(held)


def declare(one: Account, event: EventKind) -> None:
    now = timezone.now()
    services.declare_event(
        one.pk, event, paris_day(now), settings.CONFIG.lifecycle_delays(),
        new_address="nicolas@ac-lille.test", by="test", now=now, today=paris_day(now),
    )  # fmt: skip


def test_who_stays_sees_nothing_of_it_and_closes_nothing(client: Client, nicolas: Account) -> None:
    assert "Votre départ" not in words(client.get(ADDRESS))
    assert client.get(f"{ADDRESS}/partir").status_code == 405
    assert client.post(f"{ADDRESS}/partir").status_code == 409
    assert client.post(f"{ADDRESS}/nouvelle-adresse", {"consent": "yes"}).status_code == 409
    nicolas.refresh_from_db()
    assert nicolas.state == "active"


def test_the_new_address_is_given_only_when_they_say_so(client: Client, nicolas: Account) -> None:
    declare(nicolas, EventKind.TRANSFER)
    assert "départ ne donne pas votre nouvelle adresse" in words(client.get(ADDRESS))
    assert client.post(f"{ADDRESS}/nouvelle-adresse", {"consent": "yes"}).status_code == 302
    assert LifecycleEvent.objects.get().tells_new_address
    assert "donne votre nouvelle adresse, nicolas@ac-lille.test" in words(client.get(ADDRESS))


def test_whoever_moved_to_another_academie_here_chooses_too_and_nothing_closes(
    client: Client, nicolas: Account
) -> None:
    now = timezone.now()
    services.begin_academy_move(
        nicolas.pk, "ac-lille.test", "nicolas@ac-amiens.test", settings.CONFIG.lifecycle_delays(),
        by="system", now=now, today=paris_day(now),
    )  # fmt: skip
    said = words(client.get(ADDRESS))
    assert "Vos anciennes adresses reçoivent encore" in said
    assert "sera fermé" not in said
    assert client.post(f"{ADDRESS}/partir").status_code == 409
    assert client.post(f"{ADDRESS}/nouvelle-adresse", {"consent": "yes"}).status_code == 302
    assert LifecycleEvent.objects.get().tells_new_address


def test_the_account_is_closed_early_once_the_boxes_are_in_other_hands(
    client: Client, nicolas: Account, boxes: list[str]
) -> None:
    declare(nicolas, EventKind.RETIREMENT)
    boxes.append("ce.0800001A@ac-amiens.test")
    said = words(client.get(ADDRESS))
    assert "Confier ces boîtes" in said
    assert "fermer mon compte maintenant" not in said
    refused = client.post(f"{ADDRESS}/partir")
    assert (refused.status_code, "ce.0800001A" in words(refused)) == (409, True)
    boxes.clear()
    asked = client.post(f"{ADDRESS}/partir")
    assert "Fermer votre compte maintenant ?" in words(asked)
    assert "Aucun : vous n’avez rien emporté d’ici" in words(asked)
    nicolas.refresh_from_db()
    assert nicolas.state == "active"  # one slip of a thumb closes nothing
    mark = re.search(r'name="confirm" value="([^"]+)"', asked.content.decode())
    assert mark
    closed = client.post(f"{ADDRESS}/partir", {"confirm": mark[1]})
    assert "Votre compte est fermé." in words(client.get(closed["Location"]))
    nicolas.refresh_from_db()
    assert (nicolas.state, nicolas.mailbox_state) == ("closed", "closed")
    assert client.get(ADDRESS).status_code == 302  # no longer signed in
