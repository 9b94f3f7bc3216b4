"""Journal, settings and the form of a class at 1280 pixels: nothing is cut, boxes stand beside words."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer
from tests.access.signin.people import NOON, account
from tests.desks.enrolment.officers import academy
from tests.desks.windows import look, window
from tests.mailbox.webmail.conftest import browser_of

from vaguemestre.foundation.journal.services import record

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CUT = """(table) => table.scrollWidth > table.parentElement.clientWidth"""


@pytest.fixture
def page(live_server: LiveServer, chromium: Browser) -> Iterator[Page]:
    academy()
    client = browser_of(account("aleclercq", role="administrator"))
    with window(live_server, chromium, client, "/administration/") as page:
        yield page


def test_the_details_of_the_journal_are_read_whole_and_in_french(page: Page) -> None:
    far = "2001:db8:85a3:8d3:1319:8a2e:370:7348"
    with transaction.atomic():
        record("signin.signed-in", to="numen-request:1", by="account:99", at=NOON, shared=False, network=far)
    page.goto("/administration/journal")
    table = page.get_by_role("table")
    expect(table).to_contain_text("demande de NUMEN n° 1")
    expect(table).not_to_contain_text("signin.signed-in")
    assert not table.evaluate(CUT)
    look(page, "journal")
    menu = page.get_by_role("link", name="Journal", exact=True)
    assert menu.evaluate("(link) => link.getBoundingClientRect().bottom <= innerHeight")


def test_a_menu_longer_than_the_screen_leaves_the_page_at_its_title(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 640})
    page.goto("/administration/reglages")
    menu = page.get_by_role("link", name="Réglages", exact=True)
    assert menu.evaluate("(link) => link.getBoundingClientRect().bottom <= innerHeight")
    assert page.evaluate("scrollY") == 0


@pytest.mark.parametrize("place", ["journal", "personnes", "messages"])
def test_the_button_stands_on_the_line_of_what_one_types(page: Page, place: str) -> None:
    page.goto(f"/administration/{place}")
    form = page.get_by_role("search")
    field, button = form.locator("input").first.bounding_box(), form.get_by_role("button").last.bounding_box()
    assert field
    assert button
    assert field["y"] + field["height"] / 2 == pytest.approx(button["y"] + button["height"] / 2, abs=2)
    days = form.get_by_placeholder("JJ/MM/AAAA").evaluate_all("(days) => days.map((day) => day.clientWidth)")
    assert min(days) >= 140, "JJ/MM/AAAA is read whole"


def test_a_key_of_the_settings_stands_on_one_line(page: Page) -> None:
    page.goto("/administration/reglages")
    heights = page.locator(".settings td:first-child code").evaluate_all(
        "(keys) => [...new Set(keys.map((key) => key.getClientRects().length))]"
    )
    assert heights == [1]
    assert not page.locator(".settings").evaluate_all(f"(tables) => tables.some({CUT})")
    look(page, "settings")


def test_the_boxes_of_a_class_stand_apart_from_their_words(page: Page) -> None:
    page.goto("/administration/classes-de-service/nouvelle")
    box = page.get_by_label("Lire par un logiciel (IMAP)")
    gap = box.evaluate(
        """(box) => {
          const range = document.createRange();
          range.selectNode(box.nextSibling);
          return range.getBoundingClientRect().left - box.getBoundingClientRect().right;
        }"""
    )
    assert gap >= 8
    hint = page.get_by_text("Les pages de Vaguemestre ne changent pas.").bounding_box()
    first = box.bounding_box()
    assert hint is not None
    assert first is not None
    assert first["y"] - (hint["y"] + hint["height"]) >= 8
    look(page, "class")
