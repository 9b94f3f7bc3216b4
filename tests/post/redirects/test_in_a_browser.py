"""A checked link is followed by keyboard, and its pages have no fault of access."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect
from tests.access.signin.people import account
from tests.desks.windows import look
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


def test_a_listed_link_followed_by_keyboard_shows_its_page(page: Page, boxes: MemoryMailboxes) -> None:
    letter = html_letter('<p>Voyez <a href="https://piege.example/">votre compte</a>.</p>')
    page.goto(address(put(boxes.box("nmorel@ac-amiens.test"), letter)))
    link = page.frame_locator("iframe.body").get_by_role("link", name="votre compte")
    link.focus()
    with page.context.expect_page() as opened:
        link.press("Enter")
    trap = opened.value
    expect(trap.get_by_role("heading", name="Ce lien est dangereux")).to_be_visible()
    assert LinkClick.objects.get().was_listed
    trap.emulate_media(reduced_motion="reduce")
    look(trap, "listed-link")


def test_where_a_link_of_somebody_else_leads_is_shown(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    long = "https://boutique.example/" + "panier" * 60
    page.goto(LinkSigner(account("collegue").pk, "", "/lien/")(long))
    expect(page.get_by_role("link", name=long)).to_be_visible()
    look(page, "shown-link")
    page.goto("/lien/x")
    expect(page.get_by_role("heading", name="Lien inconnu")).to_be_visible()
    look(page, "unknown-link")
