"""An act on many in a real browser: chosen, shown, decided and undone by keyboard, on a phone too."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer
from tests.desks.bulk.samples import administrator, agents, work
from tests.desks.windows import look, window
from tests.mailbox.webmail.conftest import browser_of

from vaguemestre.desks.bulk.models import BulkAct

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(live_server: LiveServer, chromium: Browser) -> Iterator[Page]:
    """An administrator's window on the people."""
    agents(4)
    agents(1, prefix="ferme", state="closed")
    client = browser_of(administrator("chefe"))
    with window(live_server, chromium, client, "/administration/personnes") as page:
        yield page


def test_people_are_chosen_by_keyboard_on_screens_without_a_fault(page: Page) -> None:
    look(page, "people")
    page.get_by_label("Nom, adresse ou dossier").fill("agent")
    page.keyboard.press("Enter")
    expect(page.get_by_text("5 personnes", exact=True)).to_be_visible()
    page.get_by_role("button", name="Agir sur ces personnes").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("5 comptes pour les personnes choisies")).to_be_visible()
    look(page, "open")


def test_an_act_is_shown_decided_and_undone_by_keyboard_on_screens_without_a_fault(page: Page) -> None:
    page.goto("/administration/personnes/actes/nouveau?acte=suspend&q=agent")
    page.get_by_label("Motif").fill("Rentrée")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Essai à blanc")).to_be_visible()
    look(page, "dry-run")
    page.get_by_role("button", name="Suspendre : 4 personnes").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("En cours : 0 sur 4 personnes")).to_be_visible()
    work(BulkAct.objects.get().pk)
    undo = page.get_by_role("button", name="Annuler pour 4 personnes")  # the page asks again by itself
    expect(undo).to_be_visible()
    look(page, "done")
    undo.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Annulation en cours")).to_be_visible()
    work(BulkAct.objects.get().pk)
    expect(page.get_by_text("Annulé.", exact=True)).to_be_visible()
    page.goto("/administration/personnes/actes")
    expect(page.get_by_text("Rentrée", exact=True)).to_be_visible()
