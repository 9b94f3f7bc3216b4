"""« Mon appareil » and « Ordinateur partagé »: how long, for what, and what is left behind."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from tests.access.signin.people import PASSWORD, account

from vaguemestre.access.signin.models import BrowserSession, Device
from vaguemestre.access.signin.ports import revocations
from vaguemestre.access.signin.rules.reading_scope import is_reading
from vaguemestre.access.signin.rules.session_lifetimes import MAX_DURATION, OWN_DEVICE
from vaguemestre.people.credentials.models import Account

COOKIE = settings.SESSION_COOKIE_NAME

pytestmark = pytest.mark.django_db


def entered(client: Client, username: str = "nmorel", **more: str) -> None:
    client.post("/alogin", {"username": username, "secret": PASSWORD, **more})


def age(by: timedelta) -> None:
    for row in BrowserSession.objects.exclude(account=None):
        BrowserSession.objects.filter(pk=row.pk).update(started_at=timezone.now() - by)
    revocations.get().bump()


@pytest.fixture
def mine(client: Client) -> Account:
    made = account()
    entered(client, own_device="on")
    return made


def test_ones_own_device_stays_signed_in_for_thirty_days(client: Client, mine: Account) -> None:
    row = BrowserSession.objects.get(account=mine)
    assert row.is_own_device
    assert abs(row.expire_date - timezone.now() - OWN_DEVICE) < timedelta(minutes=1)
    assert client.cookies[COOKIE]["max-age"] == int(OWN_DEVICE.total_seconds())


def test_for_half_a_day_it_does_all_a_session_does(client: Client, mine: Account) -> None:
    age(MAX_DURATION - timedelta(minutes=1))
    assert client.get("/parametres/affichage").status_code == 200


def test_afterwards_it_reads_and_the_rest_asks_for_a_proof(client: Client, mine: Account) -> None:
    age(MAX_DURATION + timedelta(minutes=1))
    assert client.get("/").status_code == 200
    for path in ("/parametres/affichage", "/parametres/activite", "/messagerie/ecrire/", "/contacts/"):
        answer = client.get(path)
        assert answer.status_code == 302, path
        assert answer["Location"].startswith("/alogin?confirmer=1&next="), path
    refused = client.post("/parametres/affichage", {"theme": "dark"})
    assert refused["Location"].startswith("/alogin?confirmer=1")
    entered_again = client.post(
        "/alogin?confirmer=1", {"username": "nmorel", "secret": PASSWORD, "own_device": "on"}
    )
    assert entered_again.status_code == 302
    assert client.get("/parametres/affichage").status_code == 200


def test_a_shared_computer_is_never_ones_own(client: Client) -> None:
    account()
    entered(client, own_device="on", shared="on")
    row = BrowserSession.objects.get(is_shared_computer=True)
    assert not row.is_own_device


@pytest.mark.parametrize("role", ["administrator", "helpdesk", "hr_officer"])
def test_whoever_acts_on_others_has_no_long_session(client: Client, role: str) -> None:
    account(role=role)
    entered(client, own_device="on")
    assert not BrowserSession.objects.get(account__role=role).is_own_device


def test_nothing_of_a_shared_computer_is_kept(client: Client) -> None:
    account()
    entered(client, shared="on")
    assert client.cookies[COOKIE]["max-age"] == ""
    for path in ("/", "/parametres/securite", "/aide"):
        assert client.get(path)["Cache-Control"] == "no-store"
    gone = client.post("/deconnexion")
    assert gone["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get("/parametres/securite")["Location"].startswith("/alogin")


def test_every_page_of_a_shared_computer_says_so(client: Client) -> None:
    """Nothing told it once one was in: whoever comes next must not find the session."""
    account()
    entered(client, shared="on")
    for path in ("/", "/parametres/securite", "/aide"):
        page = client.get(path).content.decode()
        assert "déconnexion après 15 minutes sans activité" in page.split("<main", 1)[0]
    client.post("/deconnexion")
    entered(client)
    assert "déconnexion après 15 minutes" not in client.get("/aide").content.decode()


def test_a_shared_computer_left_alone_is_cleared_by_the_next_request(client: Client) -> None:
    account()
    entered(client, shared="on")
    BrowserSession.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    revocations.get().bump()
    answer = client.get("/parametres/securite")
    assert answer["Location"].startswith("/alogin")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'


@pytest.mark.heavy
def test_a_browser_struck_off_is_known_no_more(client: Client) -> None:
    nicolas = account()
    entered(client)
    number = Device.objects.get().pk
    client.post(f"/parametres/activite/navigateur/{number}/retirer")
    client.post("/deconnexion")
    stranger = Client()
    for _ in range(8):
        stranger.post("/alogin", {"username": "nmorel", "secret": "faux"})
    entered(client)
    assert client.get("/parametres/securite").status_code == 302  # it waits, as any other
    assert Device.objects.filter(account=nicolas, forgotten_at__isnull=True).count() == 0


@pytest.mark.parametrize(
    ("method", "path", "reads"),
    [
        ("GET", "/messagerie/INBOX/1/2/", True),
        ("GET", "/messagerie/INBOX/lignes/", True),
        ("POST", "/messagerie/actes/read/", True),
        ("POST", "/messagerie/actes/delete/", False),
        ("POST", "/messagerie/ecrire/x/envoyer/", False),
        ("GET", "/messagerie/ecrire/x/", False),
        ("GET", "/parametres/securite", False),
        ("GET", "/assistance/", False),
        ("GET", "/une/page/a/venir", False),
        ("DELETE", "/messagerie/INBOX/1/2/", False),
    ],
)
def test_what_counts_as_reading(method: str, path: str, *, reads: bool) -> None:
    assert is_reading(method, path) is reads
