"""A head sees the staff of their own establishments: who waits, who comes, who leaves; and prints letters."""

import html
import re
import subprocess
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.access.signin.people import NOON, account
from tests.mailbox.webmail.conftest import browser_of

from vaguemestre.desks.helpdesk.models import HandOverRow
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Academy, Assignment, MailAddress, Person, Structure
from vaguemestre.people.lifecycle.models import LifecycleEvent
from vaguemestre.people.lifecycle.values import EventKind
from vaguemestre.people.paragraphs.models import AcademyParagraph
from vaguemestre.people.paragraphs.values import LetterKind

pytestmark = pytest.mark.django_db(transaction=True)
PAGE, LETTERS = "/annuaire/mes-personnels", "/annuaire/mes-personnels/lettres"
OWN = "0800001A"  # the establishment of tests.access.signin.people


@pytest.fixture
def head() -> Account:
    made = account("principale", first_name="Paule", last_name="Principale")
    Assignment.objects.filter(person=made.person).update(function="DIR")
    return made


@pytest.fixture
def client(head: Account) -> Client:
    return browser_of(head)


def somebody(name: str, state: str = "pending", where: Structure | None = None, **post: Any) -> Account:
    place = where or Structure.objects.get(uai=OWN)
    person = Person.objects.create(
        academy=place.academy, dossier=f"Dossier{name}", birth_name=name, usage_name=name, first_name="Lou",
        birth_date=date(1987, 2, 13), category="2D_PUBLIC", sorted_as=f"{name.lower()} lou",
    )  # fmt: skip
    MailAddress.objects.create(person=person, address=f"lou.{name.lower()}@ac-amiens.test", is_primary=True)
    Assignment.objects.create(
        **{"person": person, "structure": place, "function": "ENS", "starts_on": date(2020, 9, 1), **post}
    )
    return Account.objects.create(
        person=person, username=f"u{name.lower()}", mailbox=f"u{name.lower()}@ac-amiens.test", state=state
    )


def withdrawn(who: Account) -> None:
    """As the day's round leaves whoever was declared to retire today."""
    LifecycleEvent.objects.create(
        account=who, event=EventKind.RETIREMENT, effect_on=paris_day(timezone.now()),
        by="test", declared_at=timezone.now(), withdrawn_at=timezone.now(),
    )  # fmt: skip


def text_of(content: bytes) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", content.decode())))


def shown(client: Client, view: str = "", **asked: int) -> set[str]:
    body = (
        client.get(PAGE, {"vue": view, **{name: str(value) for name, value in asked.items()}})
        .content.decode()
        .partition("<tbody>")[2]
    )
    return set(re.findall(r"Lou (\w+)", text_of(body.partition("</tbody>")[0].encode())))


def test_each_view_shows_whom_it_names(client: Client) -> None:
    today = paris_day(timezone.now())
    somebody("Attend")
    somebody("Arrive", "active", starts_on=today)
    somebody("Finit", "active", ends_on=today + timedelta(days=9))
    somebody("Parti", ends_on=today - timedelta(days=1))
    somebody("Ferme", "closed")
    assert shown(client) == {"Attend", "Arrive", "Finit"}
    assert shown(client, "jamais-actives") == {"Attend"}
    assert shown(client, "arrivees") == {"Arrive"}
    assert shown(client, "fins") == {"Finit"}
    assert "Jamais activés (1) Arrivées de la semaine (1) Fin dans les 30 jours (1)" in text_of(
        client.get(PAGE).content
    )


@pytest.mark.parametrize(
    "departure", [EventKind.CONTRACT_END, EventKind.RETIREMENT, EventKind.TRANSFER, EventKind.ACADEMY_MOVE]
)
def test_a_declared_departure_ends_the_stay_and_a_leave_is_not_told(
    client: Client, departure: EventKind
) -> None:
    today = paris_day(timezone.now())
    for name, event in (("Finit", departure), ("Reste", EventKind.LONG_LEAVE)):
        LifecycleEvent.objects.create(
            account=somebody(name, "active"), event=event, effect_on=today + timedelta(days=9),
            by="test", declared_at=timezone.now(),
        )  # fmt: skip
    assert shown(client, "fins") == {"Finit"}
    assert client.get(PAGE).content.decode().count("Sans fin") == 1
    LifecycleEvent.objects.filter(event=departure).update(effect_on=today - timedelta(days=1))
    assert shown(client, "") == {"Reste"}


def test_a_head_who_was_declared_gone_directs_nothing_more(client: Client, head: Account) -> None:
    somebody("Attend")
    home = client.get("/").content.decode()
    assert "1 compte jamais activé" in home
    assert "Mes personnels" in client.get("/annuaire/").content.decode()
    withdrawn(head)
    assert client.get(PAGE).status_code == 404
    assert client.post(LETTERS, {"toutes": "1"}).status_code == 404
    assert "jamais activé" not in client.get("/").content.decode()
    assert "Mes personnels" not in client.get("/annuaire/").content.decode()


def test_a_head_learns_nothing_confidential(client: Client) -> None:
    kept = somebody("Suspendue", "suspended")
    Person.objects.filter(pk=kept.person_id).update(unlisted=True, hidden_since=timezone.now())
    page = client.get(PAGE).content.decode()
    row = text_of(page.partition("<tbody>")[2].encode())
    assert "Lou Suspendue" in row
    assert "Actif" in row
    person = Person.objects.get(pk=kept.person_id)
    for secret in ("Suspendu<", "DossierSuspendue", "1987", "lou.suspendue@", str(person.public_id)):
        assert secret not in page


def test_another_establishment_or_academy_is_not_shown(client: Client, head: Account) -> None:
    elsewhere = Structure.objects.create(
        uai="0800999Z", name="Lycée d’à côté", academy=Academy.objects.get(code="20")
    )
    far = Academy.objects.create(code="10", name="Académie de Lille", domain="ac-lille.test")
    away = Structure.objects.create(uai="0590001Z", name="Lycée de Lille", academy=far)
    Assignment.objects.create(
        person=head.person, structure=away, function="DIR", starts_on=date(2020, 9, 1), is_primary=False
    )
    somebody("Voisin", where=elsewhere)
    stranger = somebody("Lillois", where=away)
    somebody("Nôtre")
    assert shown(client) == {"Nôtre"}
    assert shown(client, etablissement=elsewhere.pk) == {"Nôtre"}
    assert client.post(LETTERS, {"qui": stranger.person_id}).status_code == 302
    assert not Entry.objects.filter(action="schoolstaff.letter-printed").exists()


def test_to_whoever_directs_nothing_today_the_page_does_not_exist(head: Account) -> None:
    teacher = browser_of(account("enseignante"))
    Assignment.objects.filter(person=head.person).update(ends_on=date(2026, 10, 1))
    for browser in (teacher, browser_of(head)):
        assert browser.get(PAGE).status_code == 404
        assert browser.post(LETTERS, {"toutes": "1"}).status_code == 404
        assert "Mes personnels" not in browser.get("/annuaire/").content.decode()


def test_letters_are_printed_for_those_ticked_or_all_who_wait_and_journaled(client: Client) -> None:
    first, second = somebody("Un"), somebody("Deux")
    somebody("Active", "active")
    one = client.post(LETTERS, {"qui": first.person_id})
    assert one["Content-Type"] == "application/pdf"
    assert one.content.count(b"/Type /Page\n") == 1
    assert client.post(LETTERS, {"toutes": "1"}).content.count(b"/Type /Page\n") == 2
    printed = Entry.objects.filter(action="schoolstaff.letter-printed").values_list("to", flat=True)
    assert sorted(printed) == sorted([f"account:{first.pk}"] * 2 + [f"account:{second.pk}"])
    again = client.post(LETTERS, {"vue": "fins"}, follow=True)
    assert "cochez au moins une personne" in again.content.decode()


def test_a_letter_holds_what_the_academie_adds(client: Client, tmp_path: Path) -> None:
    somebody("Un")
    AcademyParagraph.objects.create(
        academy=Academy.objects.get(), kind=LetterKind.ACTIVATION_LETTER, text="Bureau 12.", changed_at=NOON
    )
    (tmp_path / "letters.pdf").write_bytes(client.post(LETTERS, {"toutes": "1"}).content)
    text = subprocess.check_output(["pdftotext", tmp_path / "letters.pdf", "-"], text=True)
    assert "Bureau 12." in text.partition("À découper")[0]


def test_a_departure_to_come_waits_on_the_home_page_of_the_head(client: Client) -> None:
    today = paris_day(timezone.now())
    somebody("Reste", "active", ends_on=today + timedelta(days=200))
    assert "d’ici trente jours" not in client.get("/").text
    somebody("Finit", "active", ends_on=today + timedelta(days=9))
    home = client.get("/").text
    assert "1 départ d’ici trente jours" in home
    (link,) = re.findall(r'href="(/annuaire/mes-personnels\?vue=fins)"', home)
    assert "Finit" in client.get(link).text


def test_a_card_opened_from_there_stays_under_that_entry(client: Client) -> None:
    card = somebody("Attend").person
    assert card is not None
    (link,) = re.findall(rf'href="(/annuaire/{card.public_id}[^"]*)"', client.get(PAGE).text)
    (lit,) = re.findall(r'<a href="([^"]+)" aria-current="page"', side_of(client.get(link).text))
    assert lit == PAGE
    (lit,) = re.findall(
        r'<a href="([^"]+)" aria-current="page"', side_of(client.get(f"/annuaire/{card.public_id}").text)
    )
    assert lit == "/annuaire/"


def side_of(page: str) -> str:
    return page.partition('<div class="side"')[2].partition("</nav>")[0]


def test_the_portal_and_the_directory_lead_there(client: Client, head: Account) -> None:
    somebody("Attend")
    home = client.get("/").content.decode()
    assert "1 compte jamais activé" in home
    assert "/annuaire/mes-personnels?vue=jamais-actives" in home
    assert "Mes personnels" in client.get("/annuaire/").content.decode()
    now = timezone.now()
    HandOverRow.objects.create(
        account=somebody("Perd", "active"), operator=account("assistante", role="helpdesk"), second=head,
        reason="perdu", made_at=now, until=now + timedelta(hours=1),
    )  # fmt: skip
    assert "1 code à remettre en main propre" in text_of(client.get(PAGE).content)
