"""Several members at once in a real browser, by keyboard."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer
from tests.desks.windows import look, window
from tests.mailbox.webmail.conftest import browser_of
from tests.schools.sharing.conftest import School
from tests.schools.sharing.several import agent, members, three

from vaguemestre.people.credentials.models import Account

__all__ = ["three"]
pytestmark = pytest.mark.browser


@pytest.fixture
def page(live_server: LiveServer, school: School, three: list[Account], chromium: Browser) -> Iterator[Page]:
    with window(live_server, chromium, browser_of(school.head), school.path) as page:
        yield page


def test_several_are_added_by_keyboard_on_screens_without_a_fault(page: Page, school: School) -> None:
    agent("mdurand2", "Marie", "Durand")
    page.get_by_role("link", name="Ajouter plusieurs membres").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Agents", exact=True).focus()
    page.keyboard.type("jpetit\nMarie Durand\nPierre Absent")
    look(page, "typed")
    page.get_by_label("Jusqu’au").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 personne reconnue")).to_be_visible()
    expect(page.get_by_label("Agents", exact=True)).to_have_value("Pierre Absent")
    look(page, "checked")
    page.get_by_role("checkbox", name="Marie Durand").last.focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Ajouter les personnes cochées").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 personnes ajoutées")).to_be_visible()
    look(page, "added")
    assert members(school) == {"pvasseur", "jpetit", "mdurand2"}
