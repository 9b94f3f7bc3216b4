"""« Textes des lettres »: seen in place, kept, taken back in one click; each académie has its own."""

import html
import re
from typing import Any

import pytest
from django.test import Client
from tests.access.signin.people import NOON, account
from tests.answers import as_typed
from tests.mailbox.webmail.conftest import browser_of

from vaguemestre.desks.backoffice.rules.paragraph_previews import Place, preview
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Academy
from vaguemestre.people.paragraphs.models import AcademyParagraph
from vaguemestre.people.paragraphs.services import save_paragraph
from vaguemestre.people.paragraphs.values import LetterKind

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "/administration/textes"
OWN = "Le bureau 12 répond le matin au 03 00 00 00 00."


@pytest.fixture
def client() -> Client:
    account("autre")
    account("admin", role="administrator")
    Account.objects.filter(username="admin").update(spans_academies=True)
    return browser_of(Account.objects.get(username="admin"))


def address(kind: str = "bienvenue") -> str:
    return f"{LIST}/{Academy.objects.get(code='20').pk}/{kind}"


def test_a_paragraph_is_seen_before_it_is_kept(client: Client) -> None:
    shown = as_typed(client.post(address(), {"text": OWN, "act": "look"}).content.decode())
    assert f'<p class="own-paragraph" id="own">{OWN}</p>' in shown
    assert not AcademyParagraph.objects.exists()
    unseen = client.post(address(), {"text": f"{OWN} Et l’après-midi.", "seen": OWN, "act": "save"})
    assert unseen.status_code == 200
    assert not AcademyParagraph.objects.exists(), "another text than what was shown"
    assert client.post(address(), {"text": OWN, "seen": OWN, "act": "save"}).status_code == 302
    assert AcademyParagraph.objects.get().text == OWN
    assert OWN in as_typed(client.get(LIST).content.decode())
    assert client.post(address(), {"act": "default"}).status_code == 302
    assert not AcademyParagraph.objects.exists()


def test_too_long_a_text_is_refused_with_its_length_and_stays(client: Client) -> None:
    answer = client.post(address("lettre-numen"), {"text": "a" * 301, "act": "look"})
    assert answer.status_code == 422
    assert "Au plus 300 signes : il y en a 301." in as_typed(answer.content.decode())
    assert "a" * 301 in answer.content.decode()


def test_nobody_erases_unseen_what_another_wrote_meanwhile(client: Client) -> None:
    """Two administrators have the page open; each sees only their own preview."""
    hers, his = f"{OWN} Elle.", f"{OWN} Lui."
    first = client.post(address(), {"text": hers, "act": "look", "shown": shown_in(client.get(address()))})
    second = client.post(address(), {"text": his, "act": "look", "shown": shown_in(client.get(address()))})
    save = {"text": hers, "seen": hers, "act": "save", "shown": shown_in(first)}
    assert client.post(address(), save).status_code == 302
    save = {"text": his, "seen": his, "act": "save", "shown": shown_in(second)}
    told = client.post(address(), save)
    assert told.status_code == 422
    assert f"y a mis « {hers} »" in as_typed(told.content.decode())
    assert AcademyParagraph.objects.get().text == hers
    seen = client.post(address(), {"text": his, "act": "look", "shown": shown_in(told)})
    save = {"text": his, "seen": his, "act": "save", "shown": shown_in(seen)}
    assert client.post(address(), save).status_code == 302
    assert AcademyParagraph.objects.get().text == his


def shown_in(answer: Any) -> str:
    match = re.search(r'name="shown" value="([^"]+)"', answer.content.decode())
    return html.unescape(match[1]) if match else ""


def test_markup_is_text(client: Client) -> None:
    shown = client.post(address(), {"text": "<img src=x onerror=1>", "act": "look"}).content.decode()
    assert "<img src=x" not in shown
    assert "&lt;img src=x" in shown


@pytest.mark.parametrize("kind", LetterKind)
def test_each_letter_is_shown_whole_with_a_place_for_the_paragraph(kind: LetterKind) -> None:
    place = Place("Académie d’Amiens", "ac-amiens.test", "https://courrier.ac-amiens.test")
    before, after = preview(kind, place)
    assert len(before) > 100
    assert after
    assert "\ue000" not in before + after
    assert "personne n" in before.casefold() if kind.is_printed else "Personne ne vous demandera" in after


def test_an_office_of_one_academie_changes_no_other_and_the_address_of_no_letter_is_nothing(
    client: Client,
) -> None:
    other = Academy.objects.create(code="10", name="Académie de Lille", domain="ac-lille.test")
    save_paragraph(other.pk, LetterKind.WELCOME, "Lillequetu", by="test", now=NOON)
    assert "Lillequetu" in client.get(f"{LIST}?academie={other.pk}").content.decode()
    account("locale", role="administrator")
    local = browser_of(Account.objects.get(username="locale"))
    assert "Lillequetu" not in local.get(f"{LIST}?academie={other.pk}").content.decode()
    assert local.get(f"{LIST}/{other.pk}/bienvenue").status_code == 404
    assert local.post(f"{LIST}/{other.pk}/bienvenue", {"act": "default"}).status_code == 404
    assert AcademyParagraph.objects.exists()
    assert local.get(address("code-secret")).status_code == 404
