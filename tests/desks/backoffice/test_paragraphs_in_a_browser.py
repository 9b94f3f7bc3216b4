"""« Textes des lettres » in a real browser, by keyboard."""

from collections.abc import Iterator

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer
from tests.access.signin.people import account
from tests.desks.windows import look, window
from tests.mailbox.webmail.conftest import browser_of

from vaguemestre.people.credentials.models import Account

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LIST = "/administration/textes"
OWN = "Le bureau 12 répond le matin au 03 00 00 00 00."


@pytest.fixture
def client() -> Client:
    account("autre")
    account("admin", role="administrator")
    Account.objects.filter(username="admin").update(spans_academies=True)
    return browser_of(Account.objects.get(username="admin"))


@pytest.fixture
def page(live_server: LiveServer, chromium: Browser, client: Client) -> Iterator[Page]:
    with window(live_server, chromium, client, LIST) as page:
        yield page


def test_a_paragraph_is_written_and_taken_back_by_keyboard_on_screens_without_a_fault(page: Page) -> None:
    page.get_by_role("link", name="Ajouter un paragraphe : Message de bienvenue").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Paragraphe de l’académie").focus()
    page.keyboard.type(OWN)
    page.get_by_role("button", name="Voir dans la lettre").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("banner")).to_contain_text("Académie d’Amiens")
    expect(page.get_by_role("banner")).not_to_contain_text("(")
    expect(page.locator("#own")).to_have_text(OWN)
    look(page, "paragraph")
    page.get_by_role("button", name="Enregistrer ce paragraphe").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Paragraphe enregistré")).to_be_visible()
    look(page, "paragraphs")
    page.get_by_role("button", name="Revenir au texte de Vaguemestre").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("a de nouveau le texte de Vaguemestre seul")).to_be_visible()
