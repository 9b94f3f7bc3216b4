"""Passkeys: made with a fresh proof, used without a name, and every way an answer may be wrong."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from tests.access.signin.authenticator import Device
from tests.access.signin.people import NOON, PASSWORD, account, add_application
from tests.access.signin.races import at_once
from tests.access.signin.redirects import HOSTILE
from tests.answers import PageAnswer

from vaguemestre.access.signin.models import BrowserSession
from vaguemestre.access.signin.ports import revocations
from vaguemestre.access.signin.services import end_other_sessions
from vaguemestre.people.credentials.models import Account, Passkey
from vaguemestre.people.credentials.rules.account_states import StateChange
from vaguemestre.people.credentials.rules.passkeys import complete_authentication
from vaguemestre.people.credentials.services import change_states

PAGE = "/parametres/securite/cle"
ORIGIN = settings.CONFIG.public_url

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone() -> Device:
    return Device(ORIGIN)


def make(client: Client, device: Device, name: str = "Mon téléphone") -> PageAnswer:
    options = client.post(f"{PAGE}/options").json()
    return client.post(PAGE, {"name": name, "response": device.create(options)})


def enter(client: Client, device: Device, **more: str) -> PageAnswer:
    options = client.post("/alogin/cle/options").json()
    return client.post("/alogin/cle", {"response": device.get(options), **more})


def test_a_key_is_made_then_opens_without_a_name(
    client: Client, nicolas: Account, phone: Device, told: list[str]
) -> None:
    assert make(client, phone)["Location"] == "/parametres/securite?fait=cle"
    assert "Mon téléphone" in client.get("/parametres/securite").content.decode()
    assert "clé d’accès a été ajoutée" in told[-1]
    fresh = Client()
    assert enter(fresh, phone, next="/messagerie/")["Location"] == "/messagerie/"
    assert "nmorel" in fresh.get("/").content.decode()
    assert Passkey.objects.get().last_used_at
    assert fresh.session["by"] == "passkey"


def test_a_key_opens_nothing_once_the_sessions_ended_as_it_was_checked(
    client: Client, nicolas: Account, phone: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(client, phone)
    module = "vaguemestre.access.signin.services.passkeys"

    def checked(*given: Any) -> int:
        end_other_sessions(nicolas.pk, "", revocations.get(), by="notice", now=timezone.now())
        return complete_authentication(*given)

    monkeypatch.setattr(f"{module}.complete_authentication", checked)
    assert enter(Client(), phone).status_code == 422
    assert not BrowserSession.objects.filter(account=nicolas).exists()


@pytest.mark.heavy
def test_nothing_hostile_comes_after_a_key(client: Client, nicolas: Account, phone: Device) -> None:
    make(client, phone)
    for hostile in HOSTILE[::6]:
        assert enter(Client(), phone, next=hostile)["Location"] == "/", hostile


def test_it_is_two_proofs_in_one(client: Client, nicolas: Account, phone: Device) -> None:
    make(client, phone)
    add_application(nicolas)
    assert enter(Client(), phone)["Location"] == "/"


def test_a_shared_computer_stays_one(client: Client, nicolas: Account, phone: Device) -> None:
    make(client, phone)
    enter(Client(), phone, shared="on")
    assert BrowserSession.objects.filter(is_shared_computer=True).count() == 1


def test_a_key_confirms_who_is_there(client: Client, nicolas: Account, phone: Device) -> None:
    make(client, phone)
    BrowserSession.objects.update(started_at=timezone.now() - timedelta(minutes=6))
    revocations.get().bump()
    assert client.get(PAGE)["Location"].startswith("/alogin?confirmer=1")
    assert enter(client, phone, next=PAGE)["Location"] == PAGE
    assert client.get(PAGE).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        Device("https://faux.example"),
        Device(ORIGIN, host="faux.example"),
        Device("http://localhost:1"),
    ],
)
def test_a_key_of_another_site_is_refused(client: Client, nicolas: Account, wrong: Device) -> None:
    assert make(client, wrong).status_code == 200
    assert not Passkey.objects.exists()


def test_a_key_that_does_not_check_its_holder_is_refused(
    client: Client, nicolas: Account, phone: Device
) -> None:
    make(client, phone)
    phone.verifies = False
    assert enter(Client(), phone).status_code == 200
    other = Device(ORIGIN)
    other.verifies = False
    make(client, other)
    assert Passkey.objects.count() == 1


def test_on_a_false_site_it_opens_nothing(client: Client, nicolas: Account, phone: Device) -> None:
    make(client, phone)
    phone.origin = "https://ac-amlens.example"
    assert "pas été reconnue" in enter(Client(), phone).content.decode()


def test_an_answer_serves_once(client: Client, nicolas: Account, phone: Device) -> None:
    make(client, phone)
    thief = Client()
    options = thief.post("/alogin/cle/options").json()
    answer = phone.get(options)
    again = Client()
    again.post("/alogin/cle/options")
    assert again.post("/alogin/cle", {"response": answer}).status_code == 200  # another challenge
    assert thief.post("/alogin/cle", {"response": answer})["Location"] == "/"
    assert Client().post("/alogin/cle", {"response": answer})["Location"] == "/alogin"


@pytest.mark.django_db(transaction=True)
def test_an_answer_sent_several_times_at_once_serves_once(
    client: Client, nicolas: Account, phone: Device
) -> None:
    """By a key that counts nothing, as synchronised ones do."""
    make(client, phone)
    browser = Client()
    answer = phone.get(browser.post("/alogin/cle/options").json())
    cookies = {name: morsel.value for name, morsel in browser.cookies.items()}

    def sent(_: int) -> str:
        copy = Client()
        copy.cookies.load(cookies)
        return copy.post("/alogin/cle", {"response": answer}).get("Location", "")

    assert at_once(4, sent).count("/") == 1  # who comes later is led to « /alogin »


def test_a_challenge_drawn_before_the_key_served_elsewhere_is_over(
    client: Client, nicolas: Account, phone: Device
) -> None:
    make(client, phone)
    slow = Client()
    answer = phone.get(slow.post("/alogin/cle/options").json())
    assert enter(Client(), phone).status_code == 302
    assert "pas été reconnue" in slow.post("/alogin/cle", {"response": answer}).content.decode()
    assert enter(slow, phone).status_code == 302


def test_a_copied_key_is_refused(client: Client, nicolas: Account, phone: Device) -> None:
    phone.counter = 5
    make(client, phone)
    phone.counter = 6
    assert enter(Client(), phone).status_code == 302
    assert enter(Client(), phone).status_code == 200  # the same count again


def test_an_unknown_key_and_a_removed_one_say_the_same(
    client: Client, nicolas: Account, phone: Device, told: list[str]
) -> None:
    make(client, phone)
    client.post(f"{PAGE}/{Passkey.objects.get().pk}/retirer")
    removed = enter(Client(), phone).content.decode()
    assert "pas été reconnue" in removed
    assert "pas été reconnue" in enter(Client(), Device(ORIGIN)).content.decode()
    assert "retirée de votre compte" in told[-1]


@pytest.mark.parametrize("act", ["suspend", "close"])
def test_a_shut_account_stays_shut(client: Client, nicolas: Account, phone: Device, act: StateChange) -> None:
    make(client, phone)
    change_states([nicolas.pk], act, by="test", now=NOON)
    assert enter(Client(), phone).status_code == 200


@pytest.mark.parametrize(
    "answer", ["", "{}", "[]", "rien", '{"id": 3}', '{"id": "a", "rawId": "a"}', "null", "1", "[" * 19_000]
)
def test_nonsense_is_only_refused(client: Client, nicolas: Account, answer: str) -> None:
    client.post(f"{PAGE}/options")
    assert client.post(PAGE, {"name": "x", "response": answer}).status_code == 200
    fresh = Client()
    fresh.post("/alogin/cle/options")
    assert fresh.post("/alogin/cle", {"response": answer}).status_code == 200


def test_nobody_removes_somebody_elses(client: Client, nicolas: Account, phone: Device) -> None:
    make(client, phone)
    account("kbenali")
    other = Client()
    other.post("/alogin", {"username": "kbenali", "secret": PASSWORD})
    assert other.post(f"{PAGE}/{Passkey.objects.get().pk}/retirer").status_code == 422
    assert Passkey.objects.exists()


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/options", f"{PAGE}/1/retirer"])
def test_each_change_asks_for_a_fresh_proof(client: Client, nicolas: Account, path: str) -> None:
    BrowserSession.objects.update(started_at=timezone.now() - timedelta(minutes=6))
    revocations.get().bump()
    assert client.post(path)["Location"].startswith("/alogin?confirmer=1")


def test_what_anybody_is_sent_names_no_key(client: Client, nicolas: Account, phone: Device) -> None:
    make(client, phone)
    options = Client().post("/alogin/cle/options").json()["publicKey"]
    assert not options.get("allowCredentials")
    assert options["userVerification"] == "required"
    assert options["rpId"] == "localhost"


@pytest.mark.parametrize("back", ["//faux.example", "https://faux.example", "/\\faux.example"])
def test_nobody_is_sent_elsewhere(client: Client, nicolas: Account, phone: Device, back: str) -> None:
    make(client, phone)
    assert enter(Client(), phone, next=back)["Location"] == "/"
