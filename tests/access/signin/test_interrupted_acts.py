"""A proof asked in the middle of an act gives it back: shown, once, to the same person, in that browser."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from tests.access.signin.people import PASSWORD, account
from tests.answers import PageAnswer
from tests.foundation.ui.confirmation import MARK

from vaguemestre.access.signin.models import BrowserSession, InterruptedAct
from vaguemestre.access.signin.ports import revocations
from vaguemestre.access.signin.rules.interrupted_acts import MAX_BYTES, can_be_stored, displayed_values
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.people.credentials.models import Account

CONTACT = "/parametres/securite/contact"
RESUME = "/compte/reprise"
PAGE = "http://testserver/parametres/securite"

pytestmark = pytest.mark.django_db


def later(minutes: int = 10) -> None:
    BrowserSession.objects.exclude(account=None).update(
        started_at=timezone.now() - timedelta(minutes=minutes)
    )


def proved(client: Client, name: str = "nmorel") -> PageAnswer:
    typed = {"username": name, "secret": PASSWORD, "next": RESUME}
    return client.post(f"/alogin?confirmer=1&next={RESUME}", typed)


def interrupted(client: Client, **more: str) -> PageAnswer:
    later()
    return client.post(CONTACT, {"address": "a@exemple.fr", **more}, headers={"Referer": PAGE})


def hidden(page: str) -> list[tuple[str, str]]:
    return re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)


@pytest.mark.parametrize(("place", "is_whole"), [("iframe", False), ("document", True)])
def test_asked_for_within_a_composer_it_brings_no_second_shell(
    client: Client, nicolas: Account, place: str, is_whole: bool
) -> None:
    asked = interrupted(client)
    proof = client.get(asked["Location"], headers={"Sec-Fetch-Dest": place}).content.decode()
    proved(client)
    back = client.get(RESUME, headers={"Sec-Fetch-Dest": place}).content.decode()
    assert "C’est bien vous" in proof
    assert "Rien n’est encore fait" in back
    assert [("Se déconnecter" in page, "/accessibilite" in page) for page in (proof, back)] == [
        (is_whole, is_whole)
    ] * 2


def test_the_proof_of_another_page_does_not_speak_of_an_act_left_behind(
    client: Client, nicolas: Account
) -> None:
    proof = client.get(interrupted(client)["Location"]).content.decode()
    other = client.get(client.get("/parametres/securite/application")["Location"]).content.decode()
    promise = "Ce que vous avez rempli vous sera rendu"
    assert "Pour changer votre contact de secours, confirmez votre identité." in proof
    assert promise in proof
    assert "Pour continuer, confirmez votre identité." in other
    assert promise not in other


def test_the_act_comes_back_filled_in_and_is_done_by_one_click(client: Client, nicolas: Account) -> None:
    asked = interrupted(client)
    assert asked["Location"] == "/alogin?confirmer=1&next=%2Fcompte%2Freprise"
    assert not nicolas.recovery_contacts.exists()
    assert proved(client)["Location"] == RESUME
    page = client.get(RESUME).content.decode()
    assert "Rien n’est encore fait" in page
    assert "a@exemple.fr" in page
    assert not nicolas.recovery_contacts.exists()
    answer = client.post(RESUME, dict(hidden(page)))
    assert (answer.status_code, answer["Location"]) == (307, CONTACT)
    client.post(CONTACT, dict(hidden(page)))
    assert nicolas.recovery_contacts.get().address == "a@exemple.fr"
    assert client.get(RESUME)["Location"] == "/"  # once


def test_the_browser_is_asked_for_its_own_token_again(nicolas: Account) -> None:
    strict = Client(enforce_csrf_checks=True)
    token = strict.get("/alogin").cookies  # noqa: F841 - the cookie is in the client
    strict.post("/alogin", {"username": "nmorel", "secret": PASSWORD, "csrfmiddlewaretoken": csrf(strict)})
    later()
    typed = {"address": "a@exemple.fr", "csrfmiddlewaretoken": csrf(strict)}
    strict.post(CONTACT, typed)
    assert proved_strictly(strict)["Location"] == RESUME
    page = strict.get(RESUME).content.decode()
    fields = dict(hidden(page))
    assert fields["csrfmiddlewaretoken"] != typed["csrfmiddlewaretoken"]
    assert strict.post(RESUME, {"address": "a@exemple.fr"}).status_code == 403
    assert strict.post(RESUME, fields).status_code == 307


def test_a_proof_leaves_the_pages_of_the_same_person_as_they_are(nicolas: Account) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.post("/alogin", {"username": "nmorel", "secret": PASSWORD, "csrfmiddlewaretoken": csrf(strict)})
    later()
    around = csrf(strict)  # of a page that is open around the window of the proof
    strict.post(CONTACT, {"address": "a@exemple.fr", "csrfmiddlewaretoken": around})
    assert proved_strictly(strict)["Location"] == RESUME
    assert not Entry.objects.filter(action="signin.signed-out").exists(), "nobody signed out"
    assert strict.post("/deconnexion", {"csrfmiddlewaretoken": around}).status_code == 302
    assert Entry.objects.filter(action="signin.signed-out").count() == 1


def test_somebody_elses_sign_in_ends_the_pages_of_before(nicolas: Account) -> None:
    strict = Client(enforce_csrf_checks=True)
    account("autre")
    strict.post("/alogin", {"username": "nmorel", "secret": PASSWORD, "csrfmiddlewaretoken": csrf(strict)})
    around = csrf(strict)
    typed = {"username": "autre", "secret": PASSWORD, "csrfmiddlewaretoken": around}
    assert strict.post("/alogin?confirmer=1", typed).status_code == 302
    assert strict.post("/deconnexion", {"csrfmiddlewaretoken": around}).status_code == 403


def csrf(client: Client) -> str:
    match = re.search(
        r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get("/alogin?confirmer=1").content.decode()
    )
    assert match
    return match[1]


def proved_strictly(client: Client) -> PageAnswer:
    typed = {"username": "nmorel", "secret": PASSWORD, "next": RESUME, "csrfmiddlewaretoken": csrf(client)}
    return client.post(f"/alogin?confirmer=1&next={RESUME}", typed)


def test_nothing_of_it_can_be_read_in_the_table(client: Client, nicolas: Account) -> None:
    interrupted(client)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM signin_interruptedact")
        rows = cursor.fetchall()
    assert len(rows) == 1
    assert not any(
        b"exemple.fr" in bytes(value)
        for row in rows
        for value in row
        if isinstance(value, bytes | memoryview)
    )
    assert "exemple.fr" not in repr(rows)


def test_somebody_else_gets_nothing_of_it(client: Client, nicolas: Account) -> None:
    other = account("autre")
    interrupted(client)
    proved(client, other.username)
    assert client.get(RESUME)["Location"] == "/"
    elsewhere = Client()
    elsewhere.post("/alogin", {"username": "nmorel", "secret": PASSWORD})
    assert elsewhere.get(RESUME)["Location"] == "/"


def test_it_is_forgotten_after_some_minutes(client: Client, nicolas: Account) -> None:
    interrupted(client)
    proved(client)
    InterruptedAct.objects.update(until=timezone.now())
    assert client.get(RESUME)["Location"] == "/"


def test_one_may_stop_there(client: Client, nicolas: Account) -> None:
    interrupted(client)
    proved(client)
    assert client.post(RESUME, {"drop": "1"})["Location"] == "/parametres/securite"
    assert not InterruptedAct.objects.exists()


def test_a_password_is_not_kept_and_the_page_says_so(client: Client, nicolas: Account) -> None:
    later()
    address = "/parametres/securite/mot-de-passe"
    typed = {"new_password": "trois girafes vertes", "confirmation": "trois girafes vertes"}
    client.post(address, typed, headers={"Referer": f"http://testserver{address}"})
    assert bytes(InterruptedAct.objects.get().sealed) == b""
    proved(client)
    page = client.get(RESUME).content.decode()
    assert "girafes" not in page
    assert f'href="{address}"' in page
    assert client.post(RESUME)["Location"] == address


def test_a_piece_of_a_page_is_begun_again_on_its_page(client: Client, nicolas: Account) -> None:
    later()
    asked = client.post(
        CONTACT,
        {"address": "a@exemple.fr"},
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/parametres/securite?x=1"},
    )
    assert asked.status_code == 401
    assert "confirmer=1" in asked["HX-Redirect"]
    proved(client)
    assert 'href="/parametres/securite"' in client.get(RESUME).content.decode()


def test_the_page_of_a_proof_asks_neither_for_the_computer_nor_the_device(
    client: Client, nicolas: Account
) -> None:
    page = client.get("/alogin?confirmer=1").content.decode()
    assert "C’est bien vous" in page
    assert "Ordinateur partagé" not in page
    assert "Mon appareil" not in page
    assert "Ordinateur partagé</label>" in Client().get("/alogin").content.decode()


def test_a_proof_leaves_a_shared_computer_shared(nicolas: Account) -> None:
    client = Client()
    client.post("/alogin", {"username": "nmorel", "secret": PASSWORD, "shared": "on"})
    proved(client)
    assert BrowserSession.objects.filter(is_shared_computer=True).count() == 1


def test_what_may_be_kept_and_what_is_shown() -> None:
    assert can_be_stored([("reason", "appel")], has_files=False)
    assert not can_be_stored([("reason", "appel")], has_files=True)
    assert not can_be_stored([("new_password", "x")], has_files=False)
    assert can_be_stored([("new_password", "")], has_files=False)
    assert not can_be_stored([("text", "x" * (MAX_BYTES + 1))], has_files=False)
    assert not can_be_stored([("code", "123456")], has_files=False)
    assert can_be_stored([("answer", "Bonjour Madame,"), ("postal_code", "80000")], has_files=False)
    fields = [("reason", "appel"), ("proof", "a" * 60), ("message", " "), ("ends_on", "01/02/2027")]
    fields += [("act", "compromised"), ("drops_factors", "on")]
    shown = [("Motif", "appel"), ("Fin", "01/02/2027"), ("Second facteur perdu aussi", "oui")]
    assert displayed_values(fields) == shown


@pytest.mark.parametrize("role", ["helpdesk", "hr_officer", "administrator"])
def test_whoever_acts_on_others_has_fifteen_minutes_of_silence_and_eight_hours(role: str) -> None:
    account("equipe", role=role)
    client = Client()
    client.post("/alogin", {"username": "equipe", "secret": PASSWORD, "own_device": "on"})
    row = BrowserSession.objects.get(account__username="equipe")
    assert row.expire_date - timezone.now() <= timedelta(minutes=15)
    now = timezone.now()
    BrowserSession.objects.update(started_at=now - timedelta(hours=7, minutes=55))
    revocations.get().bump()
    client.get("/")
    assert BrowserSession.objects.get(pk=row.pk).expire_date <= now + timedelta(minutes=15)
    BrowserSession.objects.update(expire_date=now - timedelta(seconds=1))
    revocations.get().bump()
    assert client.get("/parametres/securite").status_code == 302


def test_an_act_on_somebody_asks_an_operator_for_a_recent_proof_then_gives_it_back() -> None:
    account("assistante", role="helpdesk")
    nicolas = account()
    client = Client()
    client.post("/alogin", {"username": "assistante", "secret": PASSWORD})
    act = {"action": "lifted", "reason": "appel, identité vérifiée"}
    address = f"/assistance/compte/{nicolas.pk}/agir"
    later(16)
    assert client.get("/assistance/").status_code == 200
    answer = client.post(address, act)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    assert answer["Location"].startswith("/alogin?confirmer=1")
    proved(client, "assistante")
    assert "identité vérifiée" in client.get(RESUME).content.decode()
    assert "Vous alliez débloquer la connexion d’une personne" in client.get(RESUME).content.decode()


def test_a_confirmed_act_that_was_interrupted_says_again_what_it_will_do() -> None:
    account("assistante", role="helpdesk")
    nicolas = account()
    client = Client()
    client.post("/alogin", {"username": "assistante", "secret": PASSWORD})
    act = {"action": "suspended", "reason": "appel, identité vérifiée"}
    address = f"/assistance/compte/{nicolas.pk}/agir"
    mark = MARK.search(client.post(address, act).content.decode())
    assert mark
    later(16)
    revocations.get().bump()
    client.post(address, {**act, "confirm": mark[1]})
    proved(client, "assistante")
    page = client.get(RESUME).content.decode()
    assert "Vous alliez suspendre un compte" in page
    assert mark[1] not in page
    assert "<dt>Acte" not in page
    answer = client.post(RESUME, dict(hidden(page)))
    assert (answer.status_code, answer["Location"]) == (307, address)
    shown = client.post(address, dict(hidden(page)))
    assert "Suspendre ce compte ?" in shown.content.decode()
    nicolas.refresh_from_db()
    assert nicolas.state == "active"


def test_what_was_typed_is_named_in_french_and_codes_are_left_out() -> None:
    fields = [("action", "lifted"), ("reason", "appel"), ("starts_on", "01/09/2026"), ("assignee", "3")]
    assert displayed_values(fields) == [("Motif", "appel"), ("Début", "01/09/2026")]


def test_rows_that_were_pasted_stand_one_under_the_other(client: Client, nicolas: Account) -> None:
    interrupted(client, people="Thuillier Anne-Sophie\r\nLecointe Sylvie")
    proved(client)
    assert "Thuillier Anne-Sophie<br>Lecointe Sylvie</dd>" in client.get(RESUME).content.decode()


def test_codes_numbers_and_dates_of_machines_are_words_or_left_out() -> None:
    """« Droit sort, Début 2026-12-01 », « Remove 5 », « Message 172 »: nobody confirms that knowingly."""
    right = [("right", "sort"), ("starts_on", "2026-12-01"), ("ends_on", "")]
    assert displayed_values([("about", "Sylvie Lecointe"), *right]) == [
        ("Concerne", "Sylvie Lecointe"), ("Droit", "tri"), ("Début", "1er décembre 2026"),
    ]  # fmt: skip
    assert displayed_values([("scope", "inbox")]) == [("Étendue", "la boîte de réception seulement")]
    assert displayed_values([("scope", "mail")]) == []
    assert displayed_values([("shown", '{"title": "e3b0"}'), ("a0-shown", '{"uais": "e3b0"}')]) == []
    removal = [("remove", "5"), ("about-5", "Camille Delattre"), ("about-6", "Un autre")]
    assert displayed_values(removal) == [("Concerne", "Camille Delattre")]
    held = [("message", "172"), ("message", "173"), ("about-172", "Sortie"), ("about-9", "Autre")]
    assert displayed_values(held) == [("Concerne", "Sortie")]
    assert displayed_values([("account", "12"), ("message", "5 rue des Lilas"), ("departures", "40")]) == [
        ("Message", "5 rue des Lilas"), ("Nombre de départs", "40"),
    ]  # fmt: skip
    assert displayed_values([("role", "moderator"), ("subject", "Bonjour à tous")]) == [
        ("Rôle", "modération"), ("Vous aviez écrit", "Bonjour à tous"),
    ]  # fmt: skip


def test_a_form_forged_by_another_site_is_refused_and_never_offered_to_a_long_session(
    nicolas: Account,
) -> None:
    strict = Client(enforce_csrf_checks=True)
    typed = {"username": "nmorel", "secret": PASSWORD, "own_device": "on"}
    strict.post("/alogin", {**typed, "csrfmiddlewaretoken": csrf(strict)})
    later(13 * 60)
    revocations.get().bump()
    elsewhere = {"Origin": "https://ecole.exemple.fr", "Sec-Fetch-Site": "same-site"}
    forged = strict.post(CONTACT, {"address": "pirate@exemple.fr"}, headers=elsewhere)
    assert forged.status_code == 403
    assert not InterruptedAct.objects.exists()
    own = strict.post(CONTACT, {"address": "a@exemple.fr", "csrfmiddlewaretoken": csrf(strict)})
    assert own["Location"] == "/alogin?confirmer=1&next=%2Fcompte%2Freprise"
    assert InterruptedAct.objects.get().words == "changer votre contact de secours"


def test_the_page_of_a_former_act_does_not_send_its_form_to_a_later_one(
    client: Client, nicolas: Account
) -> None:
    interrupted(client)
    proved(client)
    page = client.get(RESUME).content.decode()
    former, there = dict(hidden(page)), re.search(r'action="(\?acte=[\d.]+)"', page)
    assert there
    later()
    revocations.get().bump()
    client.post("/parametres/securite/application", {"name": "Téléphone"}, headers={"Referer": PAGE})
    answer = client.post(f"{RESUME}{there[1]}", former)
    assert (answer.status_code, answer["Location"]) == (302, RESUME)
    assert InterruptedAct.objects.get().path == "/parametres/securite/application", "it is offered as before"
