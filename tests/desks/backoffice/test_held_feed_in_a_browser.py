"""The page of a held feed in a real browser: who leaves, what changes, a number typed, on a phone too."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer
from tests.access.signin.people import account
from tests.desks.windows import look, window
from tests.mailbox.webmail.conftest import browser_of
from tests.people.intake.lines import crowd, feed, line

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.directory.services import found_academy
from vaguemestre.people.intake import queries, services
from vaguemestre.people.intake.services import FeedFiles, ImportContext
from vaguemestre.people.intake.values import ImportTerms

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def held(tmp_path: Path) -> int:
    """The number of a feed with three departures, four changes and two arrivals, which waits."""
    academy = found_academy("20", "Académie d’Amiens", "ac-amiens.test", ("002", "060", "080"))
    setting = ImportContext(academy, numen_keys.get(), 2048, "cli", tmp_path / "feed.lock")
    now = timezone.now()
    terms = ImportTerms(paris_day(now), 60, 2.0, "GRH1", refusal_limit_percent=5.0)
    people = crowd(12)
    changed = (
        people[0].replace("Personneak", "Delattre-Roy"),
        people[1].replace("20E9500001CCC", "20E9511111CCC"),
        people[2].replace(";01/09/2020;;", ";01/09/2020;31/08/2027;"),
        people[3].replace("2D_PUBLIC", "CPE"),
    )
    newcomers = (line(), line(dossier="D7", numen="", nom_naissance="Morel", date_naissance="02/03/1991"))
    services.apply_feed(
        FeedFiles(feed(*people), name="a.csv"), setting, terms, now=now, progress=lambda *_: None
    )
    with pytest.raises(Refusal, match="feed-refused"):
        services.apply_feed(
            FeedFiles(feed(*changed, *people[4:9], *newcomers), name="grh1-complet.csv"),
            setting,
            terms,
            now=now,
            progress=lambda *_: None,
        )
    return queries.feeds_page(waiting=True)[0][0].feed_id


@pytest.fixture
def page(held: int, live_server: LiveServer, chromium: Browser) -> Iterator[Page]:
    """An administrator's window on the feed."""
    client = browser_of(account("aleclercq", role="administrator"))
    with window(live_server, chromium, client, f"/administration/flux/{held}") as page:
        yield page


def test_a_held_feed_is_read_and_confirmed_by_keyboard_on_a_phone_and_without_a_fault(page: Page) -> None:
    expect(page.get_by_role("heading", name="3 départs")).to_be_visible()
    expect(page.get_by_role("heading", name="4 changements")).to_be_visible()
    expect(page.get_by_role("heading", name="2 arrivées")).to_be_visible()
    expect(page.get_by_text("Delattre-Roy", exact=True)).to_be_visible()
    look(page, "held-feed")
    number = page.get_by_label("Pour confirmer, écrivez le nombre de départs")
    number.fill("2")
    number.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("écrivez le nombre de départs : 3")
    page.get_by_label("Pour confirmer, écrivez le nombre de départs").fill("3")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Votre décision est enregistrée")).to_be_visible()
