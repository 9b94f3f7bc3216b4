"""An act on many in a real browser: chosen, shown, decided and undone by keyboard, on a phone too."""

import os
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer
from tests.desks.bulk.samples import administrator, agents, work
from tests.mailbox.webmail.conftest import browser_of

from vaguemestre.desks.bulk.models import BulkAct

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(live_server: LiveServer, chromium: Browser) -> Iterator[Page]:
    """An administrator's window on the people."""
    agents(4)
    agents(1, prefix="ferme", state="closed")
    cookie = browser_of(administrator("chefe")).cookies[settings.SESSION_COOKIE_NAME].value
    context = chromium.new_context(
        viewport={"width": 1280, "height": 900},
        locale="fr-FR",
        base_url=live_server.url,
        reduced_motion="reduce",  # or axe reads a colour on its way to another
    )
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto("/administration/personnes")
    yield page
    page.goto("about:blank")
    context.close()


def look(page: Page, name: str) -> None:
    """No fault of access and nothing wider than the screen, wide and narrow, light and dark."""
    folder = os.environ.get("VAGUEMESTRE_PICTURES", "")
    for width in (1280, 390):
        for scheme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            # whatever the motion, a colour changes in the frame after the scheme
            page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            found = Axe().run(page).response["violations"]
            assert found == [], [(one["id"], one["nodes"][0]["html"]) for one in found]
            if folder:
                page.screenshot(path=f"{folder}/{name}-{width}-{scheme}.png", full_page=True)
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (name, width)
    page.set_viewport_size({"width": 1280, "height": 900})


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
