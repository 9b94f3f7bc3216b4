"""Home, public pages, display and mail programs."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.access.signin.browsers import signed_in
from tests.access.signin.people import account

from vaguemestre.access.signin.models import BrowserSession
from vaguemestre.access.signin.ports import revocations
from vaguemestre.foundation.jobs import ports as jobs
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.people.credentials.models import Account, AppPassword
from vaguemestre.people.credentials.rules.app_passwords import sha256_of
from vaguemestre.people.provisioning.ports import connections

pytestmark = pytest.mark.django_db


class Doveadm:
    """Whose connections were cut."""

    def __init__(self) -> None:
        self.mailboxes: list[str] = []

    def cut(self, mailbox: str) -> None:
        self.mailboxes.append(mailbox)


@pytest.fixture(autouse=True)
def cut() -> Iterator[list[str]]:
    before, doveadm, listening = connections.get(), Doveadm(), jobs.subscriptions.get()
    connections.replace(doveadm)
    jobs.subscriptions.replace({})
    yield doveadm.mailboxes
    connections.replace(before)
    jobs.subscriptions.replace(listening)


@pytest.fixture
def nicolas(client: Client) -> Account:
    made = account()
    signed_in(made, client)
    return made


PUBLIC = ["/aide", "/accessibilite", "/donnees-personnelles", "/charte", "/alogin", "/assistant/"]
OWN = ["/", "/parametres/affichage", "/parametres/appareils", "/parametres/securite"]


@pytest.mark.parametrize("page", PUBLIC)
def test_public_pages_are_for_anybody(client: Client, page: str) -> None:
    answer = client.get(page)
    assert answer.status_code == 200
    assert "Se déconnecter" not in answer.content.decode()


@pytest.mark.parametrize("page", OWN)
def test_own_pages_are_not(client: Client, page: str) -> None:
    assert client.get(page)["Location"].startswith("/alogin?next=")


@pytest.mark.parametrize("page", [*OWN, "/aide", "/charte"])
def test_every_page_of_somebody_signed_in_lets_them_out(client: Client, nicolas: Account, page: str) -> None:
    text = client.get(page).content.decode()
    assert 'action="/deconnexion"' in text
    assert "Se déconnecter</span></button>" in text
    menu = text.partition('<details class="menu account">')[2].partition("</details>")[0]
    assert "Se déconnecter</button>" in menu


@pytest.mark.parametrize("page", [*OWN, *PUBLIC])
def test_no_page_needs_an_exception_to_the_policy(client: Client, nicolas: Account, page: str) -> None:
    answer = client.get(page)
    text = answer.content.decode()
    assert " style=" not in text
    assert "<style" not in text
    assert " onclick=" not in text
    assert all("src=" in script for script in text.split("<script")[1:])
    assert "default-src 'none'" in answer["Content-Security-Policy"] if answer.status_code == 200 else True


@pytest.mark.parametrize("page", ["/", "/parametres/affichage", "/aide"])
def test_reading_is_by_get(client: Client, nicolas: Account, page: str) -> None:
    assert client.delete(page).status_code == 405


def test_home_greets_and_lists(client: Client, nicolas: Account) -> None:
    text = client.get("/").content.decode()
    assert "<h1>Bonjour Nicolas</h1>" in text
    assert '<h2 id="applications">Mes applications</h2>' in text
    assert 'aria-labelledby="applications"' in text
    assert "nmorel" in text


def test_the_declaration_is_honest(client: Client) -> None:
    text = client.get("/accessibilite").content.decode()
    assert "Non conforme" in text
    assert "audit n’a pas encore été fait" in text
    assert "Défenseur des droits" in text


def test_password_managers_find_the_way(client: Client, nicolas: Account) -> None:
    assert client.get("/.well-known/change-password")["Location"] == "/parametres/securite/mot-de-passe"


def test_a_theme_is_kept_and_shown_everywhere(client: Client, nicolas: Account) -> None:
    assert 'data-theme="system"' in client.get("/").content.decode()
    client.post("/parametres/affichage", {"theme": "dark"})
    assert 'data-theme="dark"' in client.get("/aide").content.decode()
    assert client.post("/parametres/affichage", {"theme": "rose"}).status_code == 200
    nicolas.refresh_from_db()
    assert nicolas.preferences == {"theme": "dark"}


def test_an_application_password_is_shown_once(client: Client, nicolas: Account) -> None:
    made = client.post("/parametres/appareils/nouveau", {"name": "Thunderbird"})
    assert made.status_code == 302, "the page that shows it, asked again, makes no other"
    page = client.get(made["Location"])
    text = page.content.decode().split('id="app-password">')[1].split("<")[0]
    assert AppPassword.objects.get().token_sha256 == sha256_of(text)
    assert "no-store" in page["Cache-Control"]
    again = client.get(made["Location"]).content.decode()
    assert text not in again
    assert "Thunderbird" in again


def test_one_may_serve_for_a_while_and_its_last_use_is_shown(client: Client, nicolas: Account) -> None:
    client.post("/parametres/appareils/nouveau", {"name": "Prêt", "lifetime": "7"})
    made = AppPassword.objects.get()
    assert made.expires_at
    assert timedelta(days=6) < made.expires_at - timezone.now() <= timedelta(days=7)
    AppPassword.objects.update(last_used_at=timezone.now(), last_network="192.0.2.7")
    page = client.get("/parametres/appareils").content.decode()
    assert "réseau 192.0.2.7" in page
    AppPassword.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    assert "Expiré" in client.get("/parametres/appareils").content.decode()


def test_making_one_asks_for_a_fresh_proof(client: Client, nicolas: Account) -> None:
    BrowserSession.objects.update(started_at=timezone.now() - timedelta(minutes=6))
    revocations.get().bump()
    answer = client.post("/parametres/appareils/nouveau", {"name": "Thunderbird"})
    assert answer["Location"].startswith("/alogin?confirmer=1")
    assert not AppPassword.objects.exists()


def test_revoking_one_closes_what_it_opened(client: Client, nicolas: Account, cut: list[str]) -> None:
    client.post("/parametres/appareils/nouveau", {"name": "Thunderbird"})
    number = AppPassword.objects.get().pk
    answer = client.post(f"/parametres/appareils/{number}/revoquer", follow=True)
    assert "n’ouvre plus rien" in answer.content.decode()
    assert AppPassword.objects.get().revoked_at
    assert cut == ["nmorel@ac-amiens.test"]


def test_nobody_revokes_somebody_elses(client: Client, nicolas: Account) -> None:
    karim = account("kbenali")
    other = AppPassword.objects.create(
        account=karim, name="Téléphone", token_sha256="c" * 64, created_at=timezone.now()
    )
    answer = client.post(f"/parametres/appareils/{other.pk}/revoquer", follow=True)
    assert "n’ouvre plus rien" not in answer.content.decode()
    other.refresh_from_db()
    assert other.revoked_at is None


def test_a_name_that_looks_like_html_is_only_text(client: Client, nicolas: Account) -> None:
    page = client.post("/parametres/appareils/nouveau", {"name": "<img src=x onerror=alert(1)>"}, follow=True)
    assert "<img" not in page.content.decode()


def test_an_absent_engine_is_told(client: Client, nicolas: Account) -> None:
    class Away:
        def cut(self, mailbox: str) -> None:
            raise EngineDown("doveadm")

    client.post("/parametres/appareils/nouveau", {"name": "Thunderbird"})
    connections.replace(Away())
    answer = client.post(f"/parametres/appareils/{AppPassword.objects.get().pk}/revoquer")
    assert answer.status_code == 503
    assert AppPassword.objects.get().revoked_at
