"""A checked link is followed by keyboard, and its pages have no fault of access."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Page, expect
from tests.access.signin.people import account
from tests.mailbox.webmail.conftest import address, boxes, page, put
from tests.mailbox.webmail.views.test_messages import html_letter

from vaguemestre.engines.memory.mailbox import MemoryMailboxes
from vaguemestre.post.redirects.models import LinkClick
from vaguemestre.post.redirects.ports import is_listed
from vaguemestre.post.redirects.services import LinkSigner

__all__ = ["boxes", "page"]  # fixtures
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _checked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    mail = replace(settings.CONFIG.mail, checked_links=True)
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, mail=mail))
    before = is_listed.get()
    is_listed.replace(lambda address: "piege" in address)
    yield
    is_listed.replace(before)


def look(page: Page) -> None:
    """No fault of access and nothing wider than the screen, wide and narrow, light and dark."""
    page.emulate_media(reduced_motion="reduce")
    for width in (1280, 390):
        for scheme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": 844})
            page.emulate_media(color_scheme=scheme)
            # whatever the motion, a colour changes in the frame after the scheme
            page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            found = Axe().run(page).response["violations"]
            assert found == [], [(one["id"], one["nodes"][0]["html"]) for one in found]
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), width


def test_a_listed_link_followed_by_keyboard_shows_its_page(page: Page, boxes: MemoryMailboxes) -> None:
    letter = html_letter('<p>Voyez <a href="https://piege.example/">votre compte</a>.</p>')
    page.goto(address(put(boxes.box("nmorel@ac-amiens.test"), letter)))
    link = page.frame_locator("iframe").get_by_role("link", name="votre compte")
    link.focus()
    with page.context.expect_page() as opened:
        link.press("Enter")
    trap = opened.value
    expect(trap.get_by_role("heading", name="Ce lien est dangereux")).to_be_visible()
    assert LinkClick.objects.get().was_listed
    look(trap)


def test_where_a_link_of_somebody_else_leads_is_shown(page: Page) -> None:
    long = "https://boutique.example/" + "panier" * 60
    page.goto(LinkSigner(account("collegue").pk, "", "/lien/")(long))
    expect(page.get_by_role("link", name=long)).to_be_visible()
    look(page)
    page.goto("/lien/x")
    expect(page.get_by_role("heading", name="Lien inconnu")).to_be_visible()
    look(page)
