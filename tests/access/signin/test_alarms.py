"""« Ce n'était pas moi »: told on two channels, undone or closed by one link, once."""

import re
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.access.signin.inboxes import inboxes, read
from tests.access.signin.people import APP_SECRET, PASSWORD, account

from vaguemestre.access.signin import handlers
from vaguemestre.access.signin.events import AccountTouched, ContactsToTell
from vaguemestre.access.signin.links import alarm_link, read_alarm
from vaguemestre.access.signin.models import BrowserSession, Device
from vaguemestre.access.signin.ports import letter_sender, revocations, send_outside, undoings
from vaguemestre.foundation.journal.services import record
from vaguemestre.mailbox.autoconfig.services.passwords import NewPassword, make_app_password
from vaguemestre.people.credentials.models import Account, Passkey, RecoveryContact
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.credentials.queries import (
    app_passwords_of,
    applications_of,
    contacts_of,
    passkeys_of,
)
from vaguemestre.people.credentials.services import (
    UNDO_LIFE,
    add_app_password,
    add_one_time_device,
    matches_hash,
)
from vaguemestre.people.credentials.values import DeviceKind

pytestmark = pytest.mark.django_db
OTHER = "trois chats sous un toit"


@pytest.fixture
def nicolas(client: Client, told: list[str]) -> Account:
    """Signed in with `client` by the form, whose browser is known from then on."""
    made = account()
    client.post("/alogin", {"username": "nmorel", "secret": PASSWORD})
    return made


def sign_in(username: str = "nmorel", password: str = PASSWORD, **more: str) -> Client:
    browser = Client()
    browser.post("/alogin", {"username": username, "secret": password, **more})
    return browser


def is_in(browser: Client) -> bool:
    return browser.get("/parametres/securite").status_code == 200


def link_in(letter: str) -> str:
    found = re.search(r"http://\S+(/compte/pas-moi/\S+)", letter)
    assert found
    return found[1]


def test_a_browser_never_seen_is_told_and_a_known_one_is_not(nicolas: Account, told: list[str]) -> None:
    assert told == []  # the first one: its owner was there for the activation
    sign_in()
    assert told[-1].startswith("Connexion depuis un nouveau navigateur\n")
    assert "réseau 127.0.0.1" in told[-1]
    known = sign_in()
    known.post("/deconnexion")
    before = len(told)
    known.post("/alogin", {"username": "nmorel", "secret": PASSWORD})
    assert len(told) == before


def test_no_number_of_other_acts_hides_those_to_undo(nicolas: Account, told: list[str]) -> None:
    """A thief wrote five hundred lines of the journal over the delegation they had given."""
    undone: list[tuple[str, int]] = []

    def undo(account_id: int, number: int, *, by: str, now: datetime, act: str = "") -> bool:
        undone.append((act, number))
        return True

    former = undoings.get()
    undoings.replace({act: partial(undo, act=act) for act in ("forward-set", "delegation-given")})
    to, now = f"account:{nicolas.pk}", timezone.now()
    record("sharing.delegation-given", to=to, by=to, at=now, number=3)
    record("sorting.forward-set", to=to, by=to, at=now, number=8)
    record("sorting.forward-set", to=to, by=to, at=now, number=8)
    for _ in range(510):
        record("signin.sessions-ended", to=to, by=to, at=now)
    sign_in()
    try:
        Client().post(link_in(told[-1]), {"lock": "1"})
    finally:
        undoings.replace(former)
    assert undone == [("forward-set", 8), ("delegation-given", 3)]


@pytest.mark.parametrize("lock", [False, True])
def test_what_a_session_does_as_the_account_is_locked_is_not_done(
    nicolas: Account, told: list[str], monkeypatch: pytest.MonkeyPatch, *, lock: bool
) -> None:
    """Its page was asked for before: an application password made meanwhile outlived the new password."""
    sign_in()
    link, thief = link_in(told[-1]), sign_in()

    def make(*given: Any, **more: Any) -> NewPassword:
        if lock:
            assert Client().post(link, {"lock": "1"}).status_code == 302
        return make_app_password(*given, **more)

    monkeypatch.setattr("vaguemestre.desks.portal.views.app_passwords.make_app_password", make)
    fields = {"name": "Téléphone", "scope": "mail", "lifetime": ""}
    answer = thief.post("/parametres/appareils/nouveau", fields)
    assert answer.status_code == (422 if lock else 302)
    assert len(app_passwords_of(nicolas.pk)) == (not lock)


@pytest.mark.heavy
def test_everything_closes_and_the_password_of_before_only_chooses_the_next(
    client: Client, nicolas: Account, told: list[str]
) -> None:
    add_app_password(nicolas.pk, "Téléphone", by="test", now=timezone.now())
    thief = sign_in()
    link = link_in(told[-1])
    page = Client().get(link)
    assert page.status_code == 200
    assert is_in(thief)
    assert "Annuler ce changement seulement" not in page.content.decode()
    owner = Client()
    assert owner.post(link, {"lock": "1"})["Location"] == "/compte/nouveau-mot-de-passe"
    assert not is_in(thief)
    assert not is_in(client)
    assert list(app_passwords_of(nicolas.pk)) == []
    assert sign_in().get("/").status_code == 302  # the right password opens nothing
    assert not BrowserSession.objects.filter(account=nicolas).exists()
    elsewhere = Client().get(link)  # the phone was put away before a password was chosen
    assert (elsewhere.status_code, b'name="lock"' in elsewhere.content) == (410, False)
    assert "un code que l’assistance vous fera remettre" in elsewhere.content.decode()
    assert "/compte/nouveau-mot-de-passe" in owner.get(link).content.decode()
    said = owner.post("/compte/nouveau-mot-de-passe/force", {"new_password": "Nicolas-Morel-1985"}).json()
    assert said == {"words": "Trop proche de vous", "enough": False}
    assert Client().post("/compte/nouveau-mot-de-passe/force", {"new_password": OTHER}).status_code == 404
    wrong = owner.post(
        "/compte/nouveau-mot-de-passe",
        {"current_password": "faux", "new_password": OTHER, "confirmation": OTHER},
    )
    assert "pas votre mot de passe actuel" in wrong.content.decode()
    form = {"current_password": PASSWORD, "new_password": OTHER, "confirmation": OTHER}
    assert Client().post("/compte/nouveau-mot-de-passe", form)["Location"] == "/alogin"
    assert owner.post("/compte/nouveau-mot-de-passe", form)["Location"] == "/alogin?nouveau=1"
    assert is_in(sign_in(password=OTHER))
    assert Client().post(link, {"lock": "1"}).status_code == 410  # once


def test_a_browser_known_before_the_alarm_is_so_no_more(nicolas: Account, told: list[str]) -> None:
    sign_in()
    Client().post(link_in(told[-1]), {"lock": "1"})
    assert not Device.objects.filter(forgotten_at__isnull=True).exists()


def test_one_change_alone_is_taken_back(client: Client, nicolas: Account, told: list[str]) -> None:
    client.post("/parametres/appareils/nouveau", {"name": "Voleur"})
    link = link_in(next(one for one in told if "application" in one))
    assert "« Voleur »" in "".join(told)
    answer = Client().post(link, {"undo": "1"})
    assert "Ce changement est annulé" in answer.content.decode()
    assert list(app_passwords_of(nicolas.pk)) == []
    assert is_in(client)


def test_a_dropped_contact_is_told_and_comes_back(client: Client, nicolas: Account, told: list[str]) -> None:
    now = timezone.now()
    contact = RecoveryContact.objects.create(
        account=nicolas,
        address="nicolas@maison.example",
        code_until=now,
        confirmed_at=now,
        usable_at=now - timedelta(days=1),
    )
    client.post(f"/parametres/securite/contact/{contact.pk}/retirer")
    letters = sent_to_contacts()
    assert [to for to, _ in letters] == ["nicolas@maison.example"]
    assert "nmorel" not in letters[0][1].lower()
    client.post(link_in(letters[0][1]), {"undo": "1"})
    assert [one.address for one in contacts_of(nicolas.pk, now)] == ["nicolas@maison.example"]


def test_a_fresh_contact_is_told_nothing_before_it_rested(nicolas: Account) -> None:
    now = timezone.now()
    RecoveryContact.objects.create(
        account=nicolas, address="v@vol.example", code_until=now, confirmed_at=now,
        usable_at=now + timedelta(hours=72),
    )  # fmt: skip
    sign_in()
    assert sent_to_contacts() == []


def sent_to_contacts() -> list[tuple[str, str]]:
    """The letters the worker would send, with the handlers that wait for it."""
    before, sent = send_outside.get(), []
    send_outside.replace(lambda mailbox, sender, to, content: sent.append((to[0], read(content))))
    try:
        for row in DBTaskResult.objects.order_by("enqueued_at"):
            handler, _, fields, _ = row.args_kwargs["args"]
            if handler.endswith(":notify_contacts"):
                handlers.notify_contacts(ContactsToTell(**fields))
    finally:
        send_outside.replace(before)
    return sent


def test_what_touches_a_mailbox_shut_after_a_compromise_comes_to_it_as_mail(nicolas: Account) -> None:
    event = AccountTouched(nicolas.pk, "password-changed", timezone.now().isoformat())
    Account.objects.filter(pk=nicolas.pk).update(mailbox_state="held", mailbox_since=timezone.now())
    before, sent = (send_outside.get(), letter_sender.get()), []
    send_outside.replace(lambda *letter: sent.append(letter))
    letter_sender.replace(lambda domain, now: f"lettres@{domain}")
    try:
        with inboxes() as letters:
            handlers.notify_owner(event)
    finally:
        send_outside.replace(before[0])
        letter_sender.replace(before[1])
    assert letters == []
    ((mailbox, sender, to, content),) = sent
    assert mailbox == sender == "lettres@ac-amiens.test"
    assert to == [nicolas.person.addresses.get(is_primary=True).address]
    assert b"lettres@ac-amiens.test" in content.split(b"\r\n\r\n")[0]


@pytest.mark.parametrize("mangle", [lambda t: t + "x", lambda t: t[1:], lambda t: "", lambda t: "a:b:c"])
def test_a_link_that_is_not_ours_does_nothing(nicolas: Account, mangle: object) -> None:
    link = alarm_link("http://testserver", nicolas.pk, "new-browser", timezone.now().isoformat(), 0)
    token = mangle(link.rpartition("/")[2])  # type: ignore[operator]
    assert read_alarm(token) is None
    if token:
        assert Client().post(f"/compte/pas-moi/{token}", {"lock": "1"}).status_code == 410


def test_a_link_is_over_after_a_week(nicolas: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    link = alarm_link("http://testserver", nicolas.pk, "new-browser", timezone.now().isoformat(), 0)
    then = (timezone.now() + UNDO_LIFE + timedelta(minutes=1)).timestamp()
    monkeypatch.setattr("django.core.signing.time.time", lambda: then)
    assert read_alarm(link.rpartition("/")[2]) is None


def test_shared_computers_of_one_network_are_told_once(nicolas: Account) -> None:
    with inboxes() as letters:
        for _ in range(3):
            sign_in(shared="on").post("/deconnexion")
    assert len(letters) == 1


def test_another_account_is_not_touched(nicolas: Account, told: list[str]) -> None:
    account("kbenali")
    karim = sign_in("kbenali")
    sign_in()
    Client().post(link_in(told[-1]), {"lock": "1"})
    assert is_in(karim)


def added(to: Account, days_before: int, name: str) -> None:
    """A passkey, an application and a recovery contact, that many days before now."""
    at = timezone.now() - timedelta(days=days_before)
    Passkey.objects.create(
        account=to, name=f"Clé {name}", credential_sha256=f"{name:064}", attested=b"", created_at=at
    )
    add_one_time_device(to.pk, DeviceKind.APP, APP_SECRET, secret_keys.get(), by="test", now=at)
    RecoveryContact.objects.create(
        account=to, address=f"{name}@vol.example", code_until=at, confirmed_at=at, usable_at=at
    )


def means_of(owner: Account) -> list[str]:
    contacts = [one.address for one in contacts_of(owner.pk, timezone.now())]
    return [
        *(key.name for key in passkeys_of(owner.pk)),
        *contacts,
        *("app" for _ in applications_of(owner.pk)),
    ]


def test_what_was_added_before_the_act_that_was_seen_goes_too_and_is_named(
    nicolas: Account, told: list[str]
) -> None:
    """The owner follows the notice of a forward; a passkey was added two days before it."""
    sign_in()
    link = link_in(told[-1])
    added(nicolas, 8, "sien")
    added(nicolas, 2, "voleur")
    Client().post(link, {"lock": "1"})
    assert means_of(nicolas) == ["Clé sien", "sien@vol.example", "app"]
    said = next(one for one in told if one.startswith("Votre compte a été refermé"))
    assert "clé d’accès « Clé voleur », application d’authentification, contact de secours voleur@vol" in said
    assert "Clé sien" not in said
    assert "sien@" not in said


def note_undone(undone: list[str], act: str, account_id: int, number: int, *, by: str, now: datetime) -> bool:
    undone.append(act)
    return True


def test_what_was_given_away_before_the_act_that_was_seen_is_undone(
    nicolas: Account, told: list[str]
) -> None:
    sign_in()
    link = link_in(told[-1])
    undone: list[str] = []
    former = undoings.get()
    undoings.replace({act: partial(note_undone, undone, act) for act in ("ent-linked", "forward-set")})
    with transaction.atomic():
        for action in ("rosters.ent-linked", "sorting.forward-set"):
            record(action, to=f"account:{nicolas.pk}", by="test", at=timezone.now() - timedelta(days=2))
    try:
        Client().post(link, {"lock": "1"})
    finally:
        undoings.replace(former)
    assert undone == ["forward-set", "ent-linked"]


def test_a_passkey_neither_chooses_the_password_nor_adds_anything_while_it_is_barred(
    nicolas: Account,
) -> None:
    """Whoever added one long before signs in with it: nothing but the password of before helps."""
    browser = sign_in()
    Account.objects.filter(pk=nicolas.pk).update(password_barred_at=timezone.now())
    revocations.get().bump()
    renewal = "/parametres/securite/mot-de-passe"
    for path in ("/messagerie/", "/parametres/securite"):
        answer = browser.get(path)
        assert (answer.status_code, answer["Location"]) == (302, renewal), path
    assert browser.post("/parametres/securite/contact", {"address": "v@vol.example"})["Location"] == renewal
    form = {"new_password": OTHER, "confirmation": OTHER}
    assert "Mot de passe actuel" in browser.get(renewal).content.decode()
    for more in ({}, {"current_password": "faux"}):
        assert browser.post(renewal, {**form, **more}).status_code == 200
        assert matches_hash(PASSWORD, Account.objects.get(pk=nicolas.pk).password)
    assert browser.post(renewal, {**form, "current_password": PASSWORD}).status_code == 302
    assert Account.objects.get(pk=nicolas.pk).password_barred_at is None


@pytest.mark.parametrize("path", ["/parametres/courriers/exporter", "/parametres/securite/contact"])
def test_a_sensitive_act_is_closed_as_pages_are_while_the_password_is_barred(
    nicolas: Account, path: str
) -> None:
    browser = sign_in()
    Account.objects.filter(pk=nicolas.pk).update(password_barred_at=timezone.now())
    revocations.get().bump()
    assert browser.post(path, {"address": "v@vol.example"})["Location"] == "/parametres/securite/mot-de-passe"


def test_an_overdue_factor_waits_for_the_password_that_was_barred(nicolas: Account) -> None:
    browser = sign_in()
    Account.objects.filter(pk=nicolas.pk).update(
        password_barred_at=timezone.now(), factor_demanded_at=timezone.now() - timedelta(days=90)
    )
    revocations.get().bump()
    assert browser.get("/parametres/securite")["Location"] == "/parametres/securite/mot-de-passe"
    assert browser.get("/parametres/securite/mot-de-passe").status_code == 200
