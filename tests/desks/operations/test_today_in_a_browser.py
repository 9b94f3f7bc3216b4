"""« Aujourd’hui » at 1280 pixels: no hole beside the cards, axes on one line, cells under their title."""

from itertools import pairwise

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Locator
from pytest_django.live_server_helper import LiveServer
from tests.desks.enrolment.officers import academy
from tests.desks.operations.test_screens import administrator
from tests.desks.windows import look, window

from vaguemestre.desks.operations.models import DestinationDay
from vaguemestre.foundation.kernel.times import paris_day

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def edge(part: Locator, side: str) -> float:
    return float(part.evaluate("(part, side) => part.getBoundingClientRect()[side]", side))


def test_the_first_screen_has_no_hole_and_its_lines_agree(live_server: LiveServer, chromium: Browser) -> None:
    academy()
    DestinationDay.objects.create(domain="famille.example", day=paris_day(timezone.now()), delivered=2)
    with window(live_server, chromium, administrator(), "/administration/") as page:
        cards = {name: page.get_by_role("region", name=name) for name in ("Alarmes", "À décider", "Services")}
        order = ("À décider", "Alarmes", "Services")
        for above, below in pairwise(order):
            assert 0 < edge(cards[below], "top") - edge(cards[above], "bottom") < 30
        axes = page.locator(".figures .axis")
        assert len({round(edge(axis, "top")) for axis in axes.all()[:3]}) == 1
        delays = page.get_by_role("region", name="Délais par destination")
        cell = delays.get_by_text("famille.example")
        words = cell.evaluate("(cell) => parseFloat(getComputedStyle(cell).paddingLeft)")
        assert edge(cell, "left") + words == edge(delays.get_by_role("heading"), "left")
        look(page, "today")
