"""The sheet of an account by keyboard, in a real browser: what Enter does, and what Tab reaches."""

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer
from tests.access.signin.people import account
from tests.desks.windows import window
from tests.mailbox.webmail.conftest import browser_of

from vaguemestre.foundation.journal.models import Entry

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_enter_in_the_reason_does_nothing_and_a_button_does(
    live_server: LiveServer, chromium: Browser
) -> None:
    nicolas = account()
    client = browser_of(account("lucie", role="helpdesk"))
    with window(live_server, chromium, client, f"/assistance/compte/{nicolas.pk}") as page:
        page.get_by_label("Motif").fill("Appel, rappelé au numéro connu")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Débloquer la connexion").focus()
        assert not Entry.objects.filter(action="helpdesk.lifted").exists()
        page.keyboard.press("Enter")
        expect(page.get_by_text("L’attente est levée")).to_be_visible()
    assert Entry.objects.filter(action="helpdesk.lifted").count() == 1


def test_what_the_keyboard_reaches_stands_above_the_bar_of_a_phone(
    live_server: LiveServer, chromium: Browser
) -> None:
    nicolas = account()
    client = browser_of(account("lucie", role="helpdesk"))
    with window(live_server, chromium, client, f"/assistance/compte/{nicolas.pk}") as page:
        assert "Débloquer la connexion" in _reached_above_the_bar(page)


def _reached_above_the_bar(sheet: Page) -> list[str]:
    sheet.set_viewport_size({"width": 390, "height": 600})
    bar = sheet.locator("nav.rail").bounding_box()
    assert bar is not None
    reached = []
    for _ in range(40):
        sheet.keyboard.press("Tab")
        name, bottom, is_in_main = sheet.evaluate(
            "() => { const one = document.activeElement; return ["
            "one.textContent.trim(), one.getBoundingClientRect().bottom, !!one.closest('main')] }"
        )
        if is_in_main:
            reached.append(name)
            assert bottom <= bar["y"], name
    return reached
