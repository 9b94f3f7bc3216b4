"""The pages of the sign-in, and what a browser keeps of them."""

import re
from collections.abc import Iterator
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.access.signin.people import APP_SECRET, PASSWORD, account, add_application
from tests.access.signin.redirects import HOSTILE
from tests.answers import PageAnswer
from tests.questions import questions

from vaguemestre.access.signin import handlers
from vaguemestre.access.signin.models import Attempts, BrowserSession
from vaguemestre.access.signin.ports import revocations
from vaguemestre.access.signin.revocations import FileRevocations, mark_of
from vaguemestre.access.signin.rules.session_keys import session_digest
from vaguemestre.people.credentials.events import AccountsChanged
from vaguemestre.people.credentials.models import Account, MailToken
from vaguemestre.people.credentials.rules.one_time import code_at
from vaguemestre.people.credentials.services import change_states
from vaguemestre.people.provisioning.ports import mail_directory

COOKIE = settings.SESSION_COOKIE_NAME
BROWSER = settings.KNOWN_BROWSER_COOKIE_NAME

pytestmark = pytest.mark.django_db


class Engines:
    """What the engines are told."""

    def __init__(self) -> None:
        self.refused: list[str] = []

    def refuse_tokens(self, token_sha256s: list[str]) -> None:
        self.refused += token_sha256s


@pytest.fixture
def engines() -> Iterator[Engines]:
    before, told = mail_directory.get(), Engines()
    mail_directory.replace(told)  # type: ignore[arg-type]
    yield told
    mail_directory.replace(before)


@pytest.fixture
def nicolas() -> Account:
    return account()


def signed_in(client: Client, **more: str) -> PageAnswer:
    return client.post("/alogin", {"username": "nmorel", "secret": PASSWORD, **more})


def test_the_page_has_what_people_look_for(client: Client) -> None:
    text = client.get("/alogin").content.decode()
    for words in (
        "Identifiant</label>",
        "Mot de passe ou passcode OTP</label>",
        "Ordinateur partagé</label>",
        ">Valider</button>",
        'href="/assistant/?choix=identifiant">Je ne connais pas mon identifiant ou mon mot de passe</a>',
    ):
        assert words in text
    assert COOKIE not in client.cookies


def test_signing_in_opens_the_portal(client: Client, nicolas: Account) -> None:
    answer = signed_in(client)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    cookie = answer.cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert "Bonjour Nicolas" in client.get("/").content.decode()
    assert BrowserSession.objects.get().account_id == nicolas.pk


def test_the_key_of_a_session_changes_when_somebody_signs_in(client: Client, nicolas: Account) -> None:
    add_application(nicolas)
    answer = signed_in(client)
    assert answer["Location"] == "/alogin/code"
    before = client.cookies[COOKIE].value
    code = code_at(APP_SECRET, timezone.now(), 30)
    assert client.post("/alogin/code", {"code": code})["Location"] == "/"
    assert client.cookies[COOKIE].value != before
    assert not BrowserSession.objects.filter(pk=session_digest(before)).exists()


def test_nothing_in_the_table_of_sessions_opens_one(client: Client, nicolas: Account) -> None:
    signed_in(client)
    row = BrowserSession.objects.filter(account=nicolas).values().get()
    assert client.cookies[COOKIE].value not in str(row)
    reader = Client()
    reader.cookies[COOKIE] = row["session_key"]
    assert reader.get("/").status_code == 302
    assert client.get("/").status_code == 200


def test_the_second_step_cannot_be_asked_alone(client: Client) -> None:
    assert client.get("/alogin/code")["Location"] == "/alogin"
    assert client.post("/alogin/code", {"code": "123456"})["Location"] == "/alogin"


def test_a_half_signed_in_browser_opens_nothing(client: Client, nicolas: Account) -> None:
    add_application(nicolas)
    signed_in(client)
    assert client.get("/").status_code == 302
    assert client.get("/parametres/securite").status_code == 302


def alike(page: PageAnswer) -> str:
    """A page without its one-time values and without what was typed."""
    text = re.sub(r'(value|content)="[A-Za-z0-9]{64}"', "", page.content.decode())
    return re.sub(r'value="(nmorel|en-attente|personne)"', 'value=""', text)


def test_unknown_wrong_and_pending_read_the_same(client: Client, nicolas: Account) -> None:
    account("en-attente", state="pending")
    pages = {
        alike(Client().post("/alogin", {"username": name, "secret": "faux"}))
        for name in ("nmorel", "personne", "en-attente")
    }
    assert len(pages) == 1
    assert "Identifiant ou mot de passe incorrect." in pages.pop()


def test_what_was_asked_for_comes_after(client: Client, nicolas: Account) -> None:
    asked = client.get("/parametres/securite?x=1")
    assert asked["Location"] == "/alogin?next=%2Fparametres%2Fsecurite%3Fx%3D1"
    page = client.get(asked["Location"]).content.decode()
    assert 'value="/parametres/securite?x=1"' in page
    assert signed_in(client, next="/parametres/securite?x=1")["Location"] == "/parametres/securite?x=1"


@pytest.mark.heavy
def test_nothing_hostile_comes_after_whatever_the_door(client: Client, nicolas: Account) -> None:
    """Sixty addresses on every `next`: the page, the password, the fresh proof."""
    signed_in(client)
    for hostile in HOSTILE:
        assert client.get("/alogin", {"next": hostile})["Location"] == "/", hostile
        page = Client().get("/alogin", {"next": hostile}).content.decode()
        assert 'name="next" value="/"' in page, hostile
    with patch(
        "vaguemestre.access.signin.services.steps.matches_hash", return_value=True
    ):  # sixty slow hashes less
        for hostile in HOSTILE:
            answer = signed_in(Client(), next=hostile)
            assert answer.get("Location", "/") == "/", hostile  # a NUL is no text: the form comes again
        for hostile in HOSTILE[::5]:
            confirmed = client.post(
                "/alogin?confirmer=1", {"username": "nmorel", "secret": PASSWORD, "next": hostile}
            )
            assert confirmed.get("Location", "/") == "/", hostile


def test_nothing_hostile_comes_after_the_second_step(client: Client, nicolas: Account) -> None:
    add_application(nicolas)
    signed_in(client, next="//ailleurs.example")
    code = code_at(APP_SECRET, timezone.now(), 30)
    assert client.post("/alogin/code", {"code": code})["Location"] == "/"


def test_a_fragment_asked_by_a_page_sends_the_whole_page_to_sign_in(client: Client) -> None:
    answer = client.get("/parametres/securite", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (401, "/alogin")


def test_pages_of_somebody_signed_in_are_not_kept(client: Client, nicolas: Account) -> None:
    signed_in(client)
    for page in ("/", "/parametres/securite", "/aide"):
        assert "no-store" in client.get(page)["Cache-Control"]


def test_signing_out_ends_the_session_and_its_tokens(
    client: Client, nicolas: Account, engines: Engines, own_revocations: FileRevocations
) -> None:
    signed_in(client)
    key = client.cookies[COOKIE].value
    MailToken.objects.create(
        account=nicolas,
        session_key=session_digest(key),
        token_sha256="a" * 64,
        expires_at=timezone.now() + timedelta(minutes=5),
    )
    MailToken.objects.create(
        account=nicolas,
        session_key="x",
        token_sha256="b" * 64,
        expires_at=timezone.now() + timedelta(minutes=5),
    )
    count, seen = own_revocations.count(), own_revocations.end_count()
    answer = client.post("/deconnexion")
    assert answer["Location"].startswith("/alogin")
    assert engines.refused == ["a" * 64]
    assert own_revocations.count() > count
    assert own_revocations.ended_since(seen) == {mark_of(session_digest(key))}
    client.cookies[COOKIE] = key  # a copy of the cookie
    assert client.get("/").status_code == 302
    assert not BrowserSession.objects.exists()
    assert "Clear-Site-Data" not in answer


def test_signing_out_takes_a_deliberate_gesture(nicolas: Account) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.get("/deconnexion").status_code == 405
    assert client.post("/deconnexion").status_code == 403


def test_a_shared_computer_keeps_nothing(client: Client, nicolas: Account) -> None:
    answer = signed_in(client, shared="on")
    assert answer.cookies[COOKIE]["max-age"] == ""
    assert answer.cookies[COOKIE]["expires"] == ""
    assert BROWSER not in answer.cookies
    row = BrowserSession.objects.get()
    assert row.is_shared_computer
    assert row.expire_date <= timezone.now() + timedelta(minutes=15)
    assert client.post("/deconnexion")["Clear-Site-Data"] == '"cache", "storage"'


def at(client: Client, minutes: float) -> int:
    moment = timezone.now() + timedelta(minutes=minutes)
    with patch("django.utils.timezone.now", return_value=moment):
        return client.get("/").status_code


def test_an_hour_of_silence_ends_a_session_and_use_keeps_it(client: Client, nicolas: Account) -> None:
    signed_in(client)
    assert at(client, 55) == 200
    assert at(client, 110) == 200
    assert at(client, 171) == 302


def test_what_a_page_asks_by_itself_does_not_keep_a_session(client: Client, nicolas: Account) -> None:
    signed_in(client)
    moment = timezone.now() + timedelta(minutes=50)
    with patch("django.utils.timezone.now", return_value=moment):
        assert client.get("/", headers={"X-By-Itself": "1"}).status_code == 200
    assert at(client, 70) == 302


@pytest.mark.heavy
def test_a_day_ends_a_session_however_busy(client: Client, nicolas: Account) -> None:
    signed_in(client)
    for minutes in range(30, 720, 30):
        assert at(client, minutes) == 200
    assert at(client, 721) == 302


@pytest.mark.usefixtures("own_revocations")
def test_reading_pages_asks_and_writes_nothing(client: Client, nicolas: Account) -> None:
    signed_in(client)
    client.get("/parametres/affichage")
    with questions() as asked:
        client.get("/parametres/affichage")
    assert asked == []


def test_a_suspension_is_seen_at_once_and_does_not_come_back(
    client: Client, nicolas: Account, engines: Engines
) -> None:
    signed_in(client)
    assert client.get("/").status_code == 200
    change_states([nicolas.pk], "suspend", by="test", now=timezone.now())
    handlers.end_sessions_of_many(AccountsChanged([nicolas.pk]))
    assert client.get("/").status_code == 302
    change_states([nicolas.pk], "resume", by="test", now=timezone.now())
    assert client.get("/").status_code == 302


def test_a_known_browser_gets_through_where_others_wait(client: Client, nicolas: Account) -> None:
    signed_in(client)
    assert client.cookies[BROWSER]["httponly"]
    client.post("/deconnexion")
    stranger = Client()
    for _ in range(8):
        stranger.post("/alogin", {"username": "nmorel", "secret": "faux"})
    assert stranger.post("/alogin", {"username": "nmorel", "secret": PASSWORD}).status_code == 202
    assert signed_in(client).status_code == 302


def test_a_forged_browser_cookie_is_no_known_browser(client: Client, nicolas: Account) -> None:
    client.cookies[BROWSER] = "eyJiIjoiYjEiLCJhIjpbMV19:forged"
    client.post("/alogin", {"username": "nmorel", "secret": "faux"})
    assert Attempts.objects.filter(subject=f"account:{nicolas.pk}").exists()


def test_a_sensitive_act_asks_for_a_fresh_proof(client: Client, nicolas: Account) -> None:
    signed_in(client)
    assert client.get("/parametres/securite/mot-de-passe").status_code == 200
    BrowserSession.objects.update(started_at=timezone.now() - timedelta(minutes=6))
    revocations.get().bump()
    asked = client.get("/parametres/securite/mot-de-passe")
    assert asked["Location"] == "/alogin?confirmer=1&next=%2Fparametres%2Fsecurite%2Fmot-de-passe"
    before = client.cookies[COOKIE].value
    client.post(asked["Location"], {"username": "nmorel", "secret": PASSWORD, "next": "/parametres/securite"})
    assert client.cookies[COOKIE].value != before
    assert client.get("/parametres/securite/mot-de-passe").status_code == 200


def test_a_new_password_leaves_the_other_sessions_to_whoever_says_so(
    client: Client, nicolas: Account
) -> None:
    other = Client()
    signed_in(other)
    signed_in(client)
    assert re.search(
        r'name="end_others"[^>]* checked', client.get("/parametres/securite/mot-de-passe").content.decode()
    )
    new = {"new_password": "trois navires gris", "confirmation": "trois navires gris"}
    changed = client.post("/parametres/securite/mot-de-passe", new)
    assert changed["Location"] == "/parametres/securite?fait=mot-de-passe-seul"
    assert other.get("/").status_code == 200


def test_a_new_password_ends_the_other_sessions(client: Client, nicolas: Account) -> None:
    other = Client()
    signed_in(other)
    signed_in(client)
    changed = client.post(
        "/parametres/securite/mot-de-passe",
        {"new_password": "trois navires gris", "confirmation": "trois navires gris", "end_others": "on"},
    )
    assert changed["Location"] == "/parametres/securite?fait=mot-de-passe"
    assert client.get("/").status_code == 200
    assert other.get("/").status_code == 302
    assert Client().post("/alogin", {"username": "nmorel", "secret": PASSWORD}).status_code == 200
    fresh = Client().post("/alogin", {"username": "nmorel", "secret": "trois navires gris"})
    assert fresh.status_code == 302


def test_a_refused_new_password_says_what_to_do(client: Client, nicolas: Account) -> None:
    signed_in(client)
    page = client.post(
        "/parametres/securite/mot-de-passe", {"new_password": "nicolas.morel1985", "confirmation": "autre"}
    ).content.decode()
    assert "ressemble trop à ce qu’on sait de vous" in page
    assert "ne sont pas les mêmes" in page
    assert 'value="nicolas.morel1985"' in page


def test_an_expired_session_row_opens_nothing(client: Client, nicolas: Account) -> None:
    signed_in(client)
    BrowserSession.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    revocations.get().bump()
    assert client.get("/").status_code == 302


@pytest.mark.parametrize("sent", [{}, {"username": "nmorel"}, {"secret": "x"}])
def test_an_empty_field_is_told_in_words(client: Client, sent: dict[str, str]) -> None:
    page = client.post("/alogin", sent)
    assert page.status_code == 200
    assert "Écrivez votre" in page.content.decode()


@pytest.mark.parametrize("name", ["x" * 5000, "\x00", "é@é", "' OR 1=1 --", "nmorel\r\nX: y"])
def test_strange_names_are_refused_in_peace(client: Client, name: str) -> None:
    assert client.post("/alogin", {"username": name, "secret": "x"}).status_code == 200


def test_who_was_signed_in_is_told_that_their_session_is_over(client: Client, nicolas: Account) -> None:
    over = "Votre session est terminée"
    back = "/parametres/securite"
    assert over not in client.get("/alogin", {"next": back}).text, "nobody was signed in"
    signed_in(client)
    BrowserSession.objects.all().delete()
    asked = client.get(back)
    assert over in client.get(asked["Location"]).text
    signed_in(client)
    client.post(reverse("signin:sign-out"))
    assert over not in client.get("/alogin", {"next": back}).text, "whoever signs out knows it"
