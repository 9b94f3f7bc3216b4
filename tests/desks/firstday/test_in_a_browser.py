"""« Avant d’ouvrir le service » on every screen, by keyboard; what the zone says comes after the page."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer
from tests.desks.firstday.samples import DEEDS, empty, published, zone_that_says
from tests.desks.windows import look, window
from tests.site.doorways import people

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(live_server: LiveServer, chromium: Browser, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    made = people()
    empty(made)
    DEEDS["Premier import RH"](made, monkeypatch)
    said = published()
    said[next(iter(said))] = ()
    with (
        zone_that_says(said),
        window(live_server, chromium, made.browser("administrator"), "/administration/") as page,
    ):
        yield page


def test_the_card_is_read_followed_and_closed_by_keyboard(page: Page) -> None:
    card = page.get_by_role("region", name="Avant d’ouvrir le service")
    expect(card).to_contain_text("1 sur 7")
    expect(card.get_by_role("listitem").filter(has_text="Premier import RH")).to_contain_text("Fait")
    expect(card).to_contain_text("1 enregistrement à publier ou à corriger.")
    look(page, "first-day")
    card.get_by_role("link", name="Voir la zone : Zone DNS").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Zone DNS")
    page.go_back()
    card.get_by_role("button", name="Ne plus jamais montrer").press("Enter")
    expect(page.get_by_role("heading", name="À décider")).to_be_visible()
    expect(card).to_have_count(0)
    page.reload()
    expect(page.get_by_role("heading", name="À décider")).to_be_visible()
    expect(card).to_have_count(0)
