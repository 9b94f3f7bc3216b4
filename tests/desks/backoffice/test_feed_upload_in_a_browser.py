"""A feed given on a page in a real browser: read, shown, confirmed by keyboard, on a phone too."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer
from tests.access.signin.people import account
from tests.desks.enrolment.officers import academy
from tests.mailbox.webmail.conftest import browser_of
from tests.people.intake.lines import crowd, feed

from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Person
from vaguemestre.people.intake import handlers
from vaguemestre.people.intake.events import FeedConfirmed, PlanRequested
from vaguemestre.people.intake.models import Feed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(live_server: LiveServer, chromium: Browser) -> Iterator[Page]:
    """An administrator's window on the feeds."""
    academy()
    chief = account("cheffe", role="administrator")
    Account.objects.filter(pk=chief.pk).update(spans_academies=True)
    cookie = browser_of(chief).cookies[settings.SESSION_COOKIE_NAME].value
    context = chromium.new_context(
        viewport={"width": 1280, "height": 900},
        locale="fr-FR",
        base_url=live_server.url,
        reduced_motion="reduce",  # or axe reads a colour on its way to another
    )
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto("/administration/flux")
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
                page.screenshot(path=f"{folder}/feed-{name}-{width}-{scheme}.png", full_page=True)
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (name, width)
    page.set_viewport_size({"width": 1280, "height": 900})


def give(page: Page, path: Path) -> int:
    """Choose the file and send the form by keyboard; the id of the feed."""
    page.get_by_role("link", name="Déposer un flux").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Déposer un flux")).to_be_visible()
    page.get_by_label("Fichier des personnes").set_input_files(path)
    page.get_by_role("button", name="Voir ce qui changerait").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Le fichier est en train d’être lu et comparé")).to_be_visible()
    return Feed.objects.get().pk


def test_a_feed_is_given_shown_and_confirmed_by_keyboard_on_screens_without_a_fault(
    page: Page, tmp_path: Path
) -> None:
    path = tmp_path / "grh.csv"
    path.write_bytes(feed(*crowd(3)))
    page.get_by_role("link", name="Déposer un flux").click()
    look(page, "form")
    page.goto("/administration/flux")
    feed_id = give(page, path)
    look(page, "unread")
    handlers.rebuild_requested_plan(PlanRequested(feed_id))
    expect(page.get_by_role("heading", name="3 arrivées")).to_be_visible()  # the page asks again by itself
    look(page, "plan")
    page.get_by_role("button", name="Appliquer ce plan").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Votre décision est enregistrée.")).to_be_visible()
    handlers.apply_confirmed(FeedConfirmed(feed_id))
    assert Person.objects.filter(dossier__startswith="C0").count() == 3
    page.goto(f"/administration/flux/{feed_id}")
    expect(page.get_by_text("Appliqué", exact=True)).to_be_visible()


def test_a_file_that_cannot_be_used_says_so_on_screens_without_a_fault(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "liste.csv"
    path.write_bytes(b"nom,prenom\nMorel,Jeanne\n")
    feed_id = give(page, path)
    handlers.rebuild_requested_plan(PlanRequested(feed_id))
    expect(page.get_by_text("Ce fichier ne peut pas servir.")).to_be_visible()
    look(page, "unusable")
    page.get_by_role("link", name="Déposer un autre fichier").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Voir ce qui changerait").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Choisissez un fichier.")).to_be_visible()
    look(page, "refused")
