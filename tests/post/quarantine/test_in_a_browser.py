"""Both pages of the quarantine in a real browser: no fault for axe, no wider than a phone, by keyboard."""

import os
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer
from tests.access.signin.people import account
from tests.mailbox.webmail.conftest import browser_of
from tests.post.quarantine.samples import NOON

from vaguemestre.people.credentials.models import Account
from vaguemestre.post.quarantine.models import QuarantinedMessage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HELD = (
    ("virus", "Eicar-Test-Signature", "Votre colis n’a pas pu être livré"),
    ("macro", "docm", "Relevé de notes du deuxième trimestre"),
    ("fraud", "compte.piege-de-tres-longue-adresse.dehors.example", "Mise à jour de votre compte"),
)


@pytest.fixture
def page(live_server: LiveServer, chromium: Browser) -> Iterator[Page]:
    """The window of an administrator who has quarantined messages of their own."""
    made = account("aleclercq", role="administrator")
    Account.objects.filter(pk=made.pk).update(spans_academies=True)
    for reason, detail, subject in HELD:
        QuarantinedMessage.objects.create(
            mailbox=made.mailbox, account_id=made.pk, guid=reason, reason=reason, detail=detail,
            sender="service.comptabilite@fournisseur.dehors.example", author="Service comptabilité",
            subject=subject, arrived_at=NOON,
        )  # fmt: skip
    cookie = browser_of(Account.objects.get(pk=made.pk)).cookies[settings.SESSION_COOKIE_NAME].value
    context = chromium.new_context(
        viewport={"width": 1280, "height": 900},
        locale="fr-FR",
        base_url=live_server.url,
        reduced_motion="reduce",  # or axe reads a colour on its way to another
    )
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    page.goto("about:blank")
    context.close()


@pytest.mark.parametrize("path", ["/messagerie/quarantaine/", "/administration/quarantaine"])
def test_a_page_has_no_fault_wide_or_narrow_light_or_dark(page: Page, path: str) -> None:
    folder = os.environ.get("VAGUEMESTRE_PICTURES", "")
    page.goto(path)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            # whatever the motion, a colour changes in the frame after the scheme
            page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            found = Axe().run(page).response["violations"]
            assert found == [], [(one["id"], one["nodes"][0]["html"]) for one in found]
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
            if folder:
                name = path.strip("/").replace("/", "-")
                page.screenshot(path=f"{folder}/{name}-{width}-{scheme}.png", full_page=True)


def test_a_message_is_handed_over_by_keyboard_and_a_virus_has_no_button(page: Page) -> None:
    page.goto("/messagerie/quarantaine/")
    expect(page.get_by_role("button", name="Me le remettre")).to_have_count(2)
    page.get_by_role("button", name="Me le remettre : Relevé de notes").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Le courriel arrive dans votre boîte de réception")).to_be_visible()
    expect(page.get_by_text("Remise en cours")).to_be_visible()
    assert QuarantinedMessage.objects.get(guid="macro").state == "releasing"
