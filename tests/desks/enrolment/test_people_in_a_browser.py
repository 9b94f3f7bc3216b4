"""« Personnes du service » in a browser: one box ticks the page."""

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer
from tests.desks.enrolment.officers import academy, managed_by, officer
from tests.desks.windows import look, window
from tests.mailbox.webmail.conftest import browser_of

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
