"""Statistics of help requests in a real browser, by keyboard."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer
from tests.access.signin.people import account
from tests.desks.windows import look, window
from tests.mailbox.webmail.conftest import browser_of

from vaguemestre.desks.helpdesk.models import RequestRow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
KINDS = ("connexion", "courriels", "cle-otp", "autre")


@pytest.fixture
def page(live_server: LiveServer, chromium: Browser) -> Iterator[Page]:
    author, now = account("auteur"), timezone.now()
    for number in range(120):
        at = now - timedelta(days=(number * number) % 350, hours=1)
        is_answered = number % 7 > 0
        RequestRow.objects.create(
            token_sha256=str(number), account=author if number % 3 else None, kind=KINDS[number % 4],
            name="Agent", made_at=at, taken_at=at + timedelta(minutes=number),
            answered_at=at + timedelta(hours=number % 60) if is_answered else None,
            state="answered" if is_answered else "taken",
        )  # fmt: skip
    client = browser_of(account("lucie", role="helpdesk"))
    with window(live_server, chromium, client, "/assistance/demandes") as page:
        yield page


def test_figures_are_drawn_and_tabled_by_keyboard_on_screens_without_a_fault(page: Page) -> None:
    page.get_by_role("link", name="Statistiques", exact=True).first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Statistiques des demandes")).to_be_visible()
    expect(page.locator("svg.chart")).to_have_count(4)
    look(page, "statistics")
    page.get_by_role("link", name="En tableau").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Demandes par semaine").locator("tbody tr")).to_have_count(53)
    look(page, "statistics-table")
