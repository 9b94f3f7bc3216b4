"""The recovery contact: proved by a code, slow to serve, told to everybody concerned."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.access.signin.letters import letters_due
from tests.access.signin.people import PASSWORD, account

from vaguemestre.access.signin import handlers
from vaguemestre.access.signin.events import ContactMailDue
from vaguemestre.access.signin.models import BrowserSession
from vaguemestre.access.signin.ports import revocations, send_outside
from vaguemestre.access.signin.rules.contact_mails import seal_letter
from vaguemestre.people.credentials.models import Account, RecoveryContact
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.credentials.queries import contacts_of, usable_contact
from vaguemestre.people.credentials.rules.delivered_codes import REST

PAGE = "/parametres/securite/contact"
HOME = "nicolas@maison.example"

pytestmark = pytest.mark.django_db


def set_to(client: Client, address: str = HOME) -> None:
    client.post(PAGE, {"address": address})
    client.post(f"{PAGE}/code", {"code": letters_due()[-1][3]})


def test_a_contact_is_proved_then_rests(client: Client, nicolas: Account, told: list[str]) -> None:
    assert client.post(PAGE, {"address": f" {HOME.upper()} "})["Location"] == f"{PAGE}/code"
    owner, kind, address, code = letters_due()[-1]
    assert (owner, kind, address) == (nicolas.pk, "confirm", HOME)
    assert len(code) == 8
    assert "Code reçu" in client.get(f"{PAGE}/code").content.decode()
    answer = client.post(f"{PAGE}/code", {"code": f" {code[:4]} {code[4:]} "})
    assert answer["Location"] == "/parametres/securite?fait=contact"
    now = timezone.now()
    assert usable_contact(nicolas.pk, now) == ""
    assert usable_contact(nicolas.pk, now + REST - timedelta(minutes=1)) == ""
    assert usable_contact(nicolas.pk, now + REST) == HOME
    assert "contact de secours a été ajouté" in told[-1]
    assert HOME in client.get("/parametres/securite").content.decode()


@pytest.mark.parametrize(
    "address", ["", "rien", "a@b", "moi@ac-amiens.test", "moi@x.ac-amiens.test", "a@b.c\r\nBcc: d"]
)
def test_some_addresses_are_no_contact(client: Client, nicolas: Account, address: str) -> None:
    assert client.post(PAGE, {"address": address}).status_code == 200
    assert letters_due() == []


def test_an_address_of_another_academie_here_is_no_contact(
    client: Client, nicolas: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever moved keeps their former address, which opens the same mailbox."""
    lille = replace(settings.CONFIG.academy, domain="ac-lille.test", code="09")
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, further_academies=(lille,)))
    for address in ("nmorel@ac-lille.test", "nmorel@x.AC-Lille.test"):
        page = client.post(PAGE, {"address": address}).content.decode()
        assert "ac-lille.test" in page
    assert letters_due() == []


def test_five_wrong_codes_are_the_end_of_it(client: Client, nicolas: Account) -> None:
    client.post(PAGE, {"address": HOME})
    code = letters_due()[-1][3]
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    for _ in range(5):
        assert client.post(f"{PAGE}/code", {"code": wrong}).status_code == 200
    assert client.post(f"{PAGE}/code", {"code": code}).status_code == 200
    assert not RecoveryContact.objects.filter(confirmed_at__isnull=False).exists()


def test_a_code_dies_after_ten_minutes(client: Client, nicolas: Account) -> None:
    client.post(PAGE, {"address": HOME})
    RecoveryContact.objects.update(code_until=timezone.now())
    assert client.post(f"{PAGE}/code", {"code": letters_due()[-1][3]})["Location"] == PAGE


def test_a_new_contact_does_not_put_the_former_out(client: Client, nicolas: Account) -> None:
    set_to(client)
    RecoveryContact.objects.update(usable_at=timezone.now())
    set_to(client, "voleur@ailleurs.example")
    owner, kind, address, code = letters_due()[-1]
    assert (owner, kind, address, code) == (nicolas.pk, "replaced", HOME, "")
    now = timezone.now()
    assert usable_contact(nicolas.pk, now) == HOME
    assert usable_contact(nicolas.pk, now + REST) == "voleur@ailleurs.example"


def test_a_contact_is_removed_by_its_owner_alone(client: Client, nicolas: Account, told: list[str]) -> None:
    set_to(client)
    number = RecoveryContact.objects.get().pk
    account("kbenali")
    other = Client()
    other.post("/alogin", {"username": "kbenali", "secret": PASSWORD})
    assert other.post(f"{PAGE}/{number}/retirer").status_code == 422
    assert client.post(f"{PAGE}/{number}/retirer").status_code == 302
    assert not contacts_of(nicolas.pk, timezone.now())
    assert "a été retiré" in told[-1]


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/code", f"{PAGE}/1/retirer"])
def test_each_change_asks_for_a_fresh_proof(client: Client, nicolas: Account, path: str) -> None:
    BrowserSession.objects.update(started_at=timezone.now() - timedelta(minutes=6))
    revocations.get().bump()
    assert client.post(path, {"address": HOME})["Location"].startswith("/alogin?confirmer=1")
    assert letters_due() == []


def test_neither_address_nor_code_is_readable_while_waiting(client: Client, nicolas: Account) -> None:
    client.post(PAGE, {"address": HOME})
    code = letters_due()[-1][3]
    waiting = str(list(DBTaskResult.objects.values_list("args_kwargs", flat=True)))
    assert HOME not in waiting
    assert code not in waiting
    assert code not in str(list(RecoveryContact.objects.values()))


def test_the_letter_leaves_as_the_accounts_own(nicolas: Account) -> None:
    before, sent = send_outside.get(), []
    send_outside.replace(lambda *letter: sent.append(letter))
    try:
        sealed = seal_letter(HOME, "12345678", nicolas.pk, secret_keys.get())
        handlers.mail_contact(ContactMailDue(nicolas.pk, "recover", sealed))
        handlers.mail_contact(ContactMailDue(0, "recover", seal_letter("", "1", 0, secret_keys.get())))
    finally:
        send_outside.replace(before)
    [(mailbox, sender, recipients, content)] = sent
    assert mailbox == "nmorel@ac-amiens.test"
    assert sender == nicolas.person.addresses.get().address
    assert recipients == [HOME]
    assert b"12345678" in content
    assert b"nmorel@" not in content
    assert "Morel" not in content.decode()
