"""A feed given on a page in a real browser: read, shown, confirmed by keyboard, on a phone too."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer
from tests.access.signin.people import account
from tests.desks.enrolment.officers import academy
from tests.desks.windows import look, window
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
    with window(live_server, chromium, browser_of(chief), "/administration/flux") as page:
        yield page


def give(page: Page, path: Path) -> int:
    """Choose the file and send the form by keyboard; the id of the feed."""
    page.get_by_role("link", name="Déposer un import").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Déposer un import")).to_be_visible()
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
    page.get_by_role("link", name="Déposer un import").click()
    look(page, "feed-form")
    page.goto("/administration/flux")
    feed_id = give(page, path)
    look(page, "feed-unread")
    handlers.rebuild_requested_plan(PlanRequested(feed_id))
    expect(page.get_by_role("heading", name="3 arrivées")).to_be_visible()  # the page asks again by itself
    look(page, "feed-plan")
    page.get_by_role("button", name="Appliquer ce plan").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Votre décision est enregistrée.")).to_be_visible()
    handlers.apply_confirmed(FeedConfirmed(feed_id))
    assert Person.objects.filter(dossier__startswith="C0").count() == 3
    page.goto(f"/administration/flux/{feed_id}")
    expect(page.get_by_text("Appliqué", exact=True)).to_be_visible()


def test_the_page_tells_when_the_chosen_file_was_written(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "grh.csv"
    path.write_bytes(feed(*crowd(3)))
    os.utime(path, (1_700_000_000, 1_700_000_000))
    give(page, path)
    assert Feed.objects.get().received_at == datetime.fromtimestamp(1_700_000_000, UTC)


def test_a_file_that_cannot_be_used_says_so_on_screens_without_a_fault(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "liste.csv"
    path.write_bytes(b"nom,prenom\nMorel,Jeanne\n")
    feed_id = give(page, path)
    handlers.rebuild_requested_plan(PlanRequested(feed_id))
    expect(page.get_by_text("Ce fichier ne peut pas servir.")).to_be_visible()
    look(page, "feed-unusable")
    page.get_by_role("link", name="Déposer un autre fichier").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Voir ce qui changerait").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Choisissez un fichier.")).to_be_visible()
    look(page, "feed-refused")
