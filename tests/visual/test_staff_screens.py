"""One picture of each screen of those who run it: officers, help desk, administrators."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer
from tests.desks.windows import window
from tests.site.doorways import People, people
from tests.visual.windows import LOOKS, dress, keep_or_compare, still

from vaguemestre.post.mailstore.ports import open_mailbox

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SCREENS = {
    "staff-academies": ("administrator", "/administration/academies"),
    "staff-announcement": ("administrator", "/administration/annonces/nouvelle"),
    "staff-application": ("administrator", "/administration/applications/nouvelle"),
    "staff-classes": ("administrator", "/administration/classes-de-service"),
    "staff-messages": ("administrator", "/administration/messages"),
    "staff-feeds": ("administrator", "/administration/flux"),
    "staff-never-activated": ("administrator", "/administration/jamais-actives"),
    "staff-removal": ("administrator", "/administration/retraits/nouveau"),
    "staff-reports": ("administrator", "/administration/rapports"),
    "staff-texts": ("administrator", "/administration/textes"),
    "staff-act": ("administrator", "/administration/personnes/actes/nouveau?acte=suspend&q=zzz"),
    "officer-queue": ("officer_dpe", "/gestion/"),
    "officer-arrival": ("officer_dpe", "/gestion/arrivee"),
    "officer-people": ("officer_dpe", "/gestion/personnes"),
    "desk-search": ("helpdesk", "/assistance/"),
    "desk-requests": ("helpdesk", "/assistance/demandes"),
}


@pytest.fixture
def crowd(transactional_db: None) -> Iterator[People]:
    before, made = open_mailbox.get(), people()
    open_mailbox.replace(made.boxes)
    yield made
    open_mailbox.replace(before)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", SCREENS)
def test_a_screen_looks_as_it_did(
    live_server: LiveServer, chromium: Browser, crowd: People, name: str, look: str
) -> None:
    role, path = SCREENS[name]
    with window(live_server, chromium, crowd.browser(role), path) as page:
        dress(page, look)
        page.reload()  # the menu scrolls to where one is as the page comes, at the size that it has then
        keep_or_compare(still(page), name, look)
