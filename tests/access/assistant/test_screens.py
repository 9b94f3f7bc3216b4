"""From NUMEN and birth date to the portal, and what strangers learn on the way: nothing."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from unittest.mock import patch

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django.fixtures import Settings
from tests.access.signin.letters import letters_due
from tests.access.signin.people import BORN, PASSWORD, account
from tests.answers import PageAnswer

from vaguemestre.access.assistant import handlers
from vaguemestre.access.assistant.http import ProvedAccount
from vaguemestre.access.assistant.ports import deliver_welcome
from vaguemestre.access.signin.models import Attempts, BrowserSession
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.people.credentials.events import AccountActivated
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.queries import presented, recovery_mark
from vaguemestre.people.credentials.services import add_activation_link, matches_hash
from vaguemestre.people.directory.models import Academy, Person
from vaguemestre.people.paragraphs.models import AcademyParagraph
from vaguemestre.people.paragraphs.values import LetterKind

NUMEN = "20E9501234ABC"
HASHING = "vaguemestre.people.credentials.services.passwords.matches"
DATE = f"{BORN:%d/%m/%Y}"

pytestmark = pytest.mark.django_db


class Inbox:
    """What was put in inboxes, by Message-ID."""

    def __init__(self) -> None:
        self.messages: dict[str, bytes] = {}
        self.is_away = False

    def __call__(self, mailbox: str, content: bytes, message_id: str, at: datetime) -> None:
        if self.is_away:
            raise EngineDown("away")
        self.messages.setdefault(message_id, content)


@pytest.fixture(autouse=True)
def inbox() -> Iterator[Inbox]:
    before, told = deliver_welcome.get(), Inbox()
    deliver_welcome.replace(told)
    yield told
    deliver_welcome.replace(before)


@pytest.fixture
def ines() -> Account:
    return account("ifares", state="pending", numen=NUMEN, first_name="Inès", last_name="Fares")


def given(client: Client, numen: str = NUMEN, born: str = DATE) -> PageAnswer:
    return client.post("/assistant/", {"numen": numen, "birth_date": born})


def activated(client: Client, password: str = PASSWORD, **more: str) -> PageAnswer:
    sent = {"new_password": password, "confirmation": password, "charter": "on", **more}
    return client.post("/assistant/activer", sent)


@pytest.mark.parametrize(
    "numen", [NUMEN, NUMEN.lower(), "20 e 95 01234 abc", "20-E-95.01234 ABC", " 20E9501234ABC "]
)
@pytest.mark.parametrize(
    "born",
    [
        "03/09/1985",
        "3/9/1985",
        "03-09-1985",
        "03.09.1985",
        "1985-09-03",
        "3 9 85",
        "03091985",
        "3 Septembre 1985",
    ],
)
def test_numen_and_date_are_read_however_typed(client: Client, ines: Account, numen: str, born: str) -> None:
    assert given(client, numen, born)["Location"] == "/assistant/activer"


def test_the_whole_way_to_the_portal(client: Client, ines: Account) -> None:
    choice = client.get("/assistant/?choix=identifiant").content.decode()
    for words in ("NUMEN</label>", "Date de naissance</label>", ">Continuer</button>"):
        assert words in choice
    given(client)
    page = client.get("/assistant/activer").content.decode()
    assert "ifares" in page
    for words in (
        "Nouveau mot de passe</label>",
        "Confirmer le mot de passe</label>",
        "J’accepte la charte</label>",
        ">Activer mon compte</button>",
    ):
        assert words in page
    assert activated(client)["Location"] == "/"
    assert "Bonjour Inès" in client.get("/").content.decode()
    ines.refresh_from_db()
    assert (ines.state, ines.charter_version) == ("active", "2026-1")
    assert matches_hash(PASSWORD, ines.password)
    assert BrowserSession.objects.filter(account=ines).count() == 1


def test_what_a_page_asked_late_does_not_sign_its_person_out(client: Client, ines: Account) -> None:
    given(client)
    page = Client()
    page.cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert activated(client)["Location"] == "/"
    late = page.post("/assistant/force", {"new_password": PASSWORD})  # its session is gone meanwhile
    assert late.status_code == 404
    assert settings.SESSION_COOKIE_NAME not in late.cookies
    assert "Bonjour Inès" in client.get("/").content.decode()


def test_the_welcome_is_put_once_whoever_tries_again(inbox: Inbox, ines: Account) -> None:
    Account.objects.update(state="active")
    handlers.send_welcome(AccountActivated(ines.pk))
    handlers.send_welcome(AccountActivated(ines.pk))
    assert list(inbox.messages) == ["<bienvenue.ifares@ac-amiens.test>"]


def test_the_welcome_holds_what_the_academie_adds(inbox: Inbox, ines: Account) -> None:
    Account.objects.update(state="active")
    own = "Le bureau 12, à l’étage, répond le matin : {site}. " * 15
    AcademyParagraph.objects.create(
        academy=Academy.objects.get(), kind=LetterKind.WELCOME, text=own.strip(), changed_at=timezone.now()
    )
    handlers.send_welcome(AccountActivated(ines.pk))
    (content,) = inbox.messages.values()
    text = message_from_bytes(content, policy=policy.default).get_content()
    assert own.strip() in text
    assert text.index("le matin : {site}") < text.index("Personne ne vous demandera")
    assert all(len(line) <= 998 for line in content.split(b"\r\n"))


def test_an_absent_engine_does_not_undo_an_activation(client: Client, inbox: Inbox, ines: Account) -> None:
    inbox.is_away = True
    given(client)
    assert activated(client)["Location"] == "/"
    ines.refresh_from_db()
    assert ines.state == "active"


def alike(page: PageAnswer) -> str:
    text = re.sub(r'(value|content)="[A-Za-z0-9]{64}"', "", page.content.decode())
    return re.sub(r'(name="(numen|birth_date)") value="[^"]*"', r"\1", text)


def tries() -> list[tuple[str, str]]:
    return [
        (NUMEN, "04/09/1985"),  # a known NUMEN, another date
        ("20E9501299ZZZ", DATE),  # unknown
        ("20E9501235ABD", DATE),  # activated already
        ("20E9501236ABE", DATE),  # suspended
        ("20E9501237ABF", DATE),  # closed
        ("pas un numen", DATE),
    ]


@pytest.fixture
def others(ines: Account) -> None:
    account("activee", numen="20E9501235ABD")
    account("suspendue", state="suspended", numen="20E9501236ABE")
    account("partie", state="closed", numen="20E9501237ABF")


def test_every_no_is_the_same_page(others: None) -> None:
    pages = {alike(given(Client(), numen, born)) for numen, born in tries()}
    assert len(pages) == 1
    assert "Nous ne pouvons pas continuer avec ces informations." in pages.pop()


def test_every_no_costs_the_same_questions(others: None) -> None:
    given(Client(), "20E9501290ZZZ")
    costs = set()
    for numen, born in tries():
        with CaptureQueriesContext(connection) as queries, patch(HASHING) as slow:
            given(Client(), numen, born)
        costs.add((tuple(query["sql"].partition("SAVEPOINT")[0][:50] for query in queries), slow.call_count))
    assert len(costs) == 1


def test_whoever_tries_an_activated_account_its_owner_reads_of_it_once_a_day(others: None) -> None:
    def told() -> list[int]:
        rows = DBTaskResult.objects.order_by("enqueued_at")
        found = [row.args_kwargs["args"] for row in rows]
        letters = [one[2] for one in found if one[0].endswith(":notify_owner")]
        return [one["account_id"] for one in letters if one["act"] == "assistant-tried"]

    activated_id = Account.objects.get(username="activee").pk
    for numen, born in tries():
        given(Client(), numen, born)
    assert [one for one in told() if one] == [activated_id]
    given(Client(), "20E9501235ABD", DATE)
    assert [one for one in told() if one] == [activated_id]


@pytest.mark.parametrize("page", ["/alogin", "/assistant/", "/assistant/?choix=premiere-connexion"])
def test_whoever_has_no_numen_is_shown_the_way(client: Client, page: str) -> None:
    assert '<a href="/numen/">' in client.get(page).content.decode().replace('<a class="tile" ', "<a ")
    assert client.get("/numen/").status_code == 200


def test_a_date_that_cannot_be_read_is_told(client: Client, ines: Account) -> None:
    for born in ("hier", "3 brumaire 1985", "", "1985"):
        assert "rivez" in given(client, born=born).content.decode()
    assert "Cette date n’existe pas" in given(client, born="32/01/1985").content.decode()
    assert not Attempts.objects.exists()


def test_five_wrong_dates_close_a_numen_for_the_day(client: Client, ines: Account) -> None:
    for day in range(10, 15):
        assert "continuer" in given(client, born=f"{day}/09/1985").content.decode()
    page = given(client).content.decode()
    assert "Trop d’essais" in page
    assert "Recevoir un code</button>" in page
    tomorrow = timezone.now() + timedelta(hours=25)
    with patch("django.utils.timezone.now", return_value=tomorrow):
        assert given(client).status_code == 302


@pytest.mark.heavy
def test_right_answers_cost_a_school_nothing(client: Client) -> None:
    for number in range(30):
        account(f"nouveau{number}", state="pending", numen=f"20E95{number:05d}ABC")
        assert given(Client(), f"20E95{number:05d}ABC").status_code == 302


@contextmanager
def as_of(minutes: float) -> Iterator[None]:
    with patch("django.utils.timezone.now", return_value=timezone.now() + timedelta(minutes=minutes)):
        yield


def test_the_second_page_cannot_be_asked_alone_nor_late(client: Client, ines: Account) -> None:
    assert client.get("/assistant/activer").status_code == 302
    assert activated(client)["Location"] == "/assistant/?choix=identifiant"
    assert client.post("/assistant/force", {"new_password": "x"}).status_code == 404
    given(client)
    with as_of(31):
        assert client.get("/assistant/activer").status_code == 302
    ines.refresh_from_db()
    assert ines.state == "pending"


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"password": "court"}, "au moins 12 caractères"),
        ({"password": "MotDePasse2026!"}, "trop courant"),
        ({"password": "Ines-Fares-1985"}, "ressemble trop"),
        ({"password": NUMEN}, "ressemble trop"),
        ({"confirmation": "autre chose"}, "ne sont pas les mêmes"),
        ({"charter": ""}, "cochez cette case"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_typed_is_lost(
    client: Client, ines: Account, sent: dict[str, str], told: str
) -> None:
    given(client)
    page = activated(client, **sent)
    assert page.status_code == 200
    text = page.content.decode()
    assert told in text
    assert f'value="{sent.get("password", PASSWORD)}"' in text
    ines.refresh_from_db()
    assert ines.state == "pending"


def test_somebody_quicker_leaves_a_neutral_page(ines: Account) -> None:
    first, second = Client(), Client()
    given(first)
    given(second)
    second.get("/assistant/activer")
    with patch("vaguemestre.access.assistant.views.activation.proved_account") as proved:
        account = presented(ines.pk)
        assert account
        proved.return_value = ProvedAccount(account, "", recovery_mark(ines.pk))
        assert activated(first)["Location"] == "/"
        page = activated(second, "trois navires gris")
    assert "Nous ne pouvons pas continuer" in page.content.decode()
    assert second.get("/").status_code == 302
    ines.refresh_from_db()
    assert matches_hash(PASSWORD, ines.password)


def test_strength_is_said_while_typing(client: Client, ines: Account) -> None:
    given(client)
    said = {
        password: client.post("/assistant/force", {"new_password": password}).json()
        for password in ("court", "Ines-Fares-1985", PASSWORD)
    }
    assert said["court"] == {"words": "Trop court", "enough": False}
    assert said["Ines-Fares-1985"] == {"words": "Trop proche de vous", "enough": False}
    assert said[PASSWORD]["enough"]


def test_an_activation_link_leads_to_the_same_page_once(client: Client) -> None:
    first_of_all = Account.objects.create(
        username="admin", mailbox="admin@ac-amiens.test", role="administrator", state="pending", password="!"
    )
    token = add_activation_link(first_of_all.pk, by="test", now=timezone.now())
    assert client.get(f"/assistant/activation/{token}")["Location"] == "/assistant/activer"
    assert "admin" in client.get("/assistant/activer").content.decode()
    assert activated(client)["Location"] == "/"
    used = Client().get(f"/assistant/activation/{token}").content.decode()
    assert used != ""
    assert "n’est plus valable" in used
    assert "n’est plus valable" in Client().get("/assistant/activation/inconnu").content.decode()


def test_a_numen_on_the_sign_in_page_leads_here(client: Client, ines: Account) -> None:
    answer = client.post("/alogin", {"username": "ifares", "secret": "20e 95 01234 abc"})
    assert answer["Location"] == "/assistant/?choix=premiere-connexion&numen=1"
    assert client.get("/assistant/activer").status_code == 302
    assert client.get("/").status_code == 302


def test_a_setting_shuts_that_door(client: Client, ines: Account, settings: Settings) -> None:
    academy = replace(settings.CONFIG.academy, numen_at_sign_in=False)
    settings.CONFIG = replace(settings.CONFIG, academy=academy)
    page = client.post("/alogin", {"username": "ifares", "secret": NUMEN})
    assert page.status_code == 200
    assert "Identifiant ou mot de passe incorrect" in page.content.decode()
    assert Attempts.objects.get(subject=f"account:{ines.pk}").failures == 1


def test_an_activation_is_told_to_its_owner_twice(client: Client, ines: Account) -> None:
    Person.objects.update(recovery_address="ines@maison.example")
    given(client)
    activated(client)
    owner, kind, address, network = letters_due()[-1]
    assert (owner, kind, address, network) == (ines.pk, "activated", "ines@maison.example", "127.0.0.1")
    rows = [row.args_kwargs["args"][2] for row in DBTaskResult.objects.all()]
    assert any(fields.get("act") == "activated" for fields in rows)


def test_the_choice_is_offered(client: Client) -> None:
    page = client.get("/assistant/").content.decode()
    assert "Je ne connais pas mon identifiant ou mon mot de passe" in page
    assert 'href="?choix=identifiant"' in page
