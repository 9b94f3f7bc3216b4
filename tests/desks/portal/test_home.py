"""The home page: applications, favourites, messages of the académie, what is left to do, the mailbox."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.access.signin.people import PASSWORD, account

from vaguemestre.access.assistant.values import CHARTER
from vaguemestre.access.sso.registry.services import add_application, set_logo
from vaguemestre.access.sso.registry.values import Protocol, Registration
from vaguemestre.desks.portal.models import AnnouncementRow, Favourite
from vaguemestre.engines.memory.mailbox import MemoryMailboxes
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.models import Account
from vaguemestre.post.mailstore import ports as mailstore
from vaguemestre.post.mailstore.ports import Mailbox
from vaguemestre.post.mailstore.values import MailLogin

pytestmark = pytest.mark.django_db
STAR = "/accueil/favoris"


@pytest.fixture
def nicolas(client: Client) -> Account:
    made = account()
    client.post("/alogin", {"username": "nmorel", "secret": PASSWORD})
    return made


@pytest.fixture
def boxes() -> Iterator[MemoryMailboxes]:
    before, memory = mailstore.open_mailbox.get(), MemoryMailboxes()
    mailstore.open_mailbox.replace(memory)
    yield memory
    mailstore.open_mailbox.replace(before)


def page(client: Client, address: str = "/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_favourite_comes_first_and_goes_back(client: Client, nicolas: Account) -> None:
    before = page(client)
    assert before.index('href="/messagerie/" aria-d') < before.index('href="/parametres/" aria-d')
    for _ in range(2):
        client.post(STAR, {"application": "/parametres/", "favourite": "1"})
    after = page(client)
    assert after.index('href="/parametres/" aria-d') < after.index('href="/messagerie/" aria-d')
    client.post(STAR, {"application": "/parametres/"})
    assert not Favourite.objects.exists()


def test_only_what_one_may_open_can_be_a_favourite(client: Client, nicolas: Account) -> None:
    client.post(STAR, {"application": "/assistance/", "favourite": "1"})
    client.post(STAR, {"application": "x" * 500, "favourite": "1"})
    assert not Favourite.objects.exists()
    assert client.get(STAR).status_code == 405


def test_a_search_keeps_what_was_asked(client: Client, nicolas: Account) -> None:
    found = page(client, "/?q=courriels")
    assert 'href="/messagerie/" aria-d' in found
    assert 'href="/appareils/" aria-d' not in found
    assert "Aucune application ne s’appelle ainsi" in page(client, "/?q=zzz")


def test_messages_of_the_academie_show_on_their_days_only(client: Client, nicolas: Account) -> None:
    today, day = paris_day(timezone.now()), timedelta(days=1)
    for title, starts, ends in (
        ("Fini", today - 2 * day, today - day),
        ("Présent <b>", today, today),
        ("Futur", today + day, today + day),
    ):
        AnnouncementRow.objects.create(title=title, importance="plain", starts_on=starts, ends_on=ends)
    shown = page(client)
    assert "Présent &lt;b&gt;" in shown
    assert "Fini" not in shown
    assert "Futur" not in shown


def test_messages_are_written_by_administrators(client: Client, nicolas: Account) -> None:
    new = "/administration/annonces/nouvelle"
    typed = {"title": "Maintenance", "text": "Jeudi", "importance": "warning", "starts_on": "01/09/2026"}
    for address in ("/administration/annonces", new):
        assert client.get(address).status_code == 403
    assert client.post(new, {**typed, "ends_on": "30/09/2026"}).status_code == 403
    Account.objects.filter(pk=nicolas.pk).update(role="administrator")
    client.post("/deconnexion")
    client.post("/alogin", {"username": "nmorel", "secret": PASSWORD})
    refused = client.post(new, {**typed, "ends_on": "30/08/2026"}).content.decode()
    assert "La fin vient avant le début" in refused
    assert "Maintenance" in refused  # nothing typed is lost
    assert client.post(new, {**typed, "ends_on": "30/09/2026"}).status_code == 302
    row = AnnouncementRow.objects.get()
    assert row.title in page(client, "/administration/annonces")
    assert row.title in page(client, f"/administration/annonces/{row.pk}")
    client.post(f"/administration/annonces/{row.pk}", {**typed, "title": "Reportée", "ends_on": "30/09/2026"})
    assert AnnouncementRow.objects.get().title == "Reportée"
    client.post(f"/administration/annonces/{row.pk}/retirer")
    assert not AnnouncementRow.objects.exists()
    assert client.get(f"/administration/annonces/{row.pk}").status_code == 404


def test_a_changed_charter_is_accepted_from_the_home_page(client: Client, nicolas: Account) -> None:
    assert "accepter la charte" in page(client)
    assert "J’accepte la charte" in page(client, "/charte")
    client.post("/charte/accepter")
    nicolas.refresh_from_db()
    assert nicolas.charter_version == CHARTER
    assert nicolas.charter_accepted_at is not None
    assert "accepter la charte" not in page(client)
    assert "J’accepte la charte" not in page(client, "/charte")


def test_the_mailbox_is_told_apart(client: Client, nicolas: Account, boxes: MemoryMailboxes) -> None:
    box = boxes.box(nicolas.mailbox)
    for number in range(2):
        box.append("INBOX", f"Subject: {number}\r\n\r\nx".encode(), (), timezone.now())
    assert "2 courriels non lus" in page(client, "/accueil/messagerie")


def test_a_mailbox_that_does_not_answer_is_told(client: Client, nicolas: Account) -> None:
    def away(login: MailLogin) -> AbstractContextManager[Mailbox]:
        raise EngineDown("imap")

    before = mailstore.open_mailbox.get()
    mailstore.open_mailbox.replace(away)
    try:
        assert "ne répond pas" in page(client, "/accueil/messagerie")
        assert "Bonjour" in page(client)
    finally:
        mailstore.open_mailbox.replace(before)


def test_nobody_else_reads_these(client: Client) -> None:
    for address in ("/accueil/messagerie", "/", "/administration/annonces"):
        assert client.get(address).status_code == 302


def test_an_application_is_shown_by_its_logo(client: Client, nicolas: Account) -> None:
    now, address = timezone.now(), "https://notes.example/"
    add_application(
        Registration("notes", "Notes", Protocol.OIDC, (address,), home=address), by="test", now=now
    )
    assert "<img" not in page(client)
    set_logo("notes", b"un dessin", by="test", now=now)
    assert 'src="/applications/notes/logo" alt=""' in page(client)
    assert client.get("/applications/notes/logo").content == b"un dessin"


def test_home_asks_the_database_a_dozen_questions(client: Client, nicolas: Account) -> None:
    """However many applications there are."""
    for number in range(5):
        address = f"https://appli-{number}.example/"
        add_application(
            Registration(f"appli-{number}", "Une", Protocol.OIDC, (address,), home=address),
            by="test",
            now=timezone.now(),
        )
    page(client)
    looks = []
    for _ in range(2):  # once a minute a look also notes that the session is in use
        with CaptureQueriesContext(connection) as asked:
            page(client)
        looks.append([one["sql"] for one in asked.captured_queries])
    least = min(looks, key=len)
    assert len(least) <= 12, least
