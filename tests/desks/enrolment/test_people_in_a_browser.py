"""« Personnes du service » in a browser: one box ticks the page."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer
from tests.access.signin.people import PASSWORD
from tests.desks.enrolment.officers import academy, managed_by, officer
from tests.desks.windows import look, window
from tests.mailbox.webmail.conftest import browser_of

from vaguemestre.access.signin.models import BrowserSession
from vaguemestre.access.signin.ports import revocations

NUMEN = "02E9900042XYZ"

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_one_box_ticks_everybody_of_the_page(live_server: LiveServer, chromium: Browser) -> None:
    place = academy()
    for name in ("Bernard", "Morin"):
        managed_by(place, "DPE", name.lower(), last_name=name)
    client = browser_of(officer(place, "DPE"))
    with window(live_server, chromium, client, "/gestion/personnes") as page:
        whole = page.get_by_label("Cocher toutes les personnes de la page")
        boxes = page.get_by_role("checkbox", name="Choisir")
        whole.check()
        expect(boxes).to_have_count(2)
        assert [box.is_checked() for box in boxes.all()] == [True, True]
        whole.uncheck()
        assert [box.is_checked() for box in boxes.all()] == [False, False]
        look(page, "people")


def test_the_criteria_stand_on_one_line_with_their_button(live_server: LiveServer, chromium: Browser) -> None:
    client = browser_of(officer(academy(), "DPE"))
    with window(live_server, chromium, client, "/gestion/personnes") as page:
        page.set_viewport_size({"width": 1280, "height": 800})
        button = page.get_by_role("button", name="Rechercher").bounding_box()
        first = page.get_by_label("Nom, adresse ou dossier").bounding_box()
        assert button is not None
        assert first is not None
        assert abs(button["y"] + button["height"] - first["y"] - first["height"]) < 3


def test_a_letter_asked_for_behind_a_proof_leaves_a_way_back(
    live_server: LiveServer, chromium: Browser
) -> None:
    place = academy()
    bearer = managed_by(place, "DPE", "porteuse", numen=NUMEN)
    client = browser_of(officer(place, "DPE"))
    path = f"/gestion/personnes/{bearer.person_id}"
    with window(live_server, chromium, client, path) as page:
        BrowserSession.objects.update(started_at=timezone.now() - timedelta(hours=1))
        revocations.get().bump()
        page.get_by_role("button", name="Lettre (PDF)").click()
        page.get_by_label("Mot de passe").first.fill(PASSWORD)
        page.get_by_role("button", name="Valider").click()
        expect(page.get_by_text("Rien n’est encore fait")).to_be_visible()
        with page.expect_download():
            page.get_by_role("button", name="Continuer", exact=True).click()
        expect(page.get_by_text("il est parmi vos téléchargements")).to_be_visible()
        expect(page.get_by_text("Rien n’est encore fait")).to_be_hidden()
        expect(page.get_by_role("button", name="Continuer", exact=True)).to_be_hidden()
        look(page, "resumed")
        page.get_by_role("link", name="Revenir à la page").click()
        page.wait_for_url(f"**{path}")
