"""The home page: applications, favourites, messages of the académie, what is left to do, the mailbox."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from tests.access.signin.browsers import signed_in
from tests.access.signin.people import PASSWORD, account
from tests.questions import questions

from vaguemestre.access.assistant.values import CHARTER
from vaguemestre.access.signin.ports import revocations
from vaguemestre.access.sso.registry.services import add_application, set_logo
from vaguemestre.access.sso.registry.values import Protocol, Registration
from vaguemestre.desks.helpdesk.models import HandOverRow, RequestRow
from vaguemestre.desks.portal.models import AnnouncementRow, Favourite
from vaguemestre.engines.memory.mailbox import MemoryMailboxes
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.services import hold_mailbox
from vaguemestre.post.mailstore import ports as mailstore
from vaguemestre.post.mailstore.ports import Mailbox
from vaguemestre.post.mailstore.values import MailLogin

pytestmark = pytest.mark.django_db
STAR = "/accueil/favoris"


@pytest.fixture
def nicolas(client: Client) -> Account:
    made = account()
    signed_in(made, client)
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
    assert before.index('href="/messagerie/" aria-d') < before.index('href="/appareils/" aria-d')
    for _ in range(2):
        client.post(STAR, {"application": "/appareils/", "favourite": "1"})
    after = page(client)
    assert after.index('href="/appareils/" aria-d') < after.index('href="/messagerie/" aria-d')
    client.post(STAR, {"application": "/appareils/"})
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
    assert "tout est lu" in page(client, "/accueil/messagerie")
    for number in range(4):
        content = f"From: Agathe <a@example.org>\r\nSubject: sujet {number} <b>\r\n\r\nx".encode()
        box.append("INBOX", content, (), timezone.now() + timedelta(minutes=number))
    box.append("INBOX", b"Subject: lu\r\n\r\nx", ("\\Seen",), timezone.now() + timedelta(minutes=9))
    fragment = page(client, "/accueil/messagerie")
    assert "4 courriels non lus" in fragment
    assert [f"sujet {number}" in fragment for number in range(4)] == [False, True, True, True], (
        "the last three"
    )
    assert "<bdi>lu</bdi>" not in fragment
    assert "Agathe" in fragment
    assert "sujet 3 &lt;b&gt;" in fragment
    address = fragment.split('<li><a href="')[1].split('"')[0]
    assert client.get(address).status_code == 200, "a line opens its message"


def test_what_waits_comes_before_applications(client: Client, nicolas: Account) -> None:
    shown = page(client)
    places = [shown.index(f'id="{name}"') for name in ("tasks", "mail-title", "first-visit", "applications")]
    assert places == sorted(places)


def test_a_code_to_hand_over_is_to_be_done_until_it_is(client: Client, nicolas: Account) -> None:
    """A head of school was told by mail alone."""
    code = HandOverRow.objects.create(
        account=account("perdue", last_name="Sésame"), operator=account("aide", role="helpdesk"),
        second=nicolas, reason="Vue", made_at=timezone.now(), until=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    shown = page(client)
    assert "Sésame" in shown
    assert f'href="/assistance/remises/{code.pk}"' in shown
    HandOverRow.objects.update(state=HandOverRow.State.REFUSED)
    assert "Sésame" not in page(client)


def test_operators_are_told_the_requests_that_wait_and_nobody_else(client: Client, nicolas: Account) -> None:
    for digest in ("0" * 64, "1" * 64):
        RequestRow.objects.create(
            token_sha256=digest, kind="autre", name="X", text="Bonjour", made_at=timezone.now()
        )
    assert "à l’assistance</b>" not in page(client)
    Account.objects.filter(pk=nicolas.pk).update(role="helpdesk")
    client.post("/deconnexion")
    client.post("/alogin", {"username": "nmorel", "secret": PASSWORD})
    assert "2 demandes à l’assistance</b>" in page(client)


def test_the_first_visit_proposes_three_steps_until_they_are_done(client: Client, nicolas: Account) -> None:
    shown = page(client)
    assert [title in shown for title in ("Votre signature", "Votre téléphone", "Vos absences")] == [True] * 3
    assert "Fait</span>" not in shown
    client.post("/parametres/appareils/nouveau", {"name": "Téléphone"})
    assert page(client).count("Fait</span>") == 1


def test_the_card_of_the_first_visit_is_closed_for_good(client: Client, nicolas: Account) -> None:
    assert client.get("/accueil/premiere-visite").status_code == 405
    assert "Pour commencer" in page(client)
    client.post("/accueil/premiere-visite")
    assert "Pour commencer" not in page(client)
    client.post("/deconnexion")
    client.post("/alogin", {"username": "nmorel", "secret": PASSWORD})
    assert "Pour commencer" not in page(client)
    client.post("/parametres/affichage", {"theme": "dark"})
    assert "Pour commencer" not in page(client), "another choice does not bring it back"


def test_nothing_says_present_or_absent_of_a_man_or_a_woman(client: Client, nicolas: Account) -> None:
    shown = page(client)
    assert "Aucune absence" in shown
    assert "<b>Absent" not in shown.replace("<b>Absence", "")


def test_the_account_menu_tells_the_used_space(
    client: Client, nicolas: Account, boxes: MemoryMailboxes
) -> None:
    assert page(client, "/accueil/place").count("<meter") == (1 if boxes.box(nicolas.mailbox).quota() else 0)


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


def test_a_mailbox_closed_after_a_theft_says_so_and_until_when(client: Client, nicolas: Account) -> None:
    with transaction.atomic():
        hold_mailbox(nicolas.pk, by="test", now=timezone.now())
    revocations.get().bump()  # the session is read anew
    shown = page(client, "/accueil/messagerie")
    assert "Votre boîte est bloquée" in shown
    assert "ne répond pas" not in shown


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


@pytest.mark.usefixtures("own_revocations")
def test_home_asks_the_database_fifteen_questions_at_most(client: Client, nicolas: Account) -> None:
    """However many applications there are. The card of the first visit asks two more while it is open."""
    client.post("/accueil/premiere-visite")
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
        with questions() as asked:
            page(client)
        looks.append(asked)
    least = min(looks, key=len)
    assert len(least) <= 15, "\n".join(least)
