"""« Récupérer des messages supprimés » as it is drawn."""

import pytest
from playwright.sync_api import Page
from tests.engines.samples import letter
from tests.mailbox.webmail.conftest import put

from vaguemestre.engines.memory.mailbox import MemoryMailboxes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [1280, 390])
def test_each_deleted_message_has_its_own_box_beside_its_subject(
    page: Page, boxes: MemoryMailboxes, width: int
) -> None:
    box = boxes.box("nmorel@ac-amiens.test")
    box.expunge([put(box, letter(f"Sortie {number}")) for number in range(3)])
    page.set_viewport_size({"width": width, "height": 844})
    page.goto("/messagerie/supprimes/")
    ticks = [tick.bounding_box() for tick in page.locator("tbody input[type=checkbox]").all()]
    links = [link.bounding_box() for link in page.locator("tbody a").all()]
    assert len(ticks) == len(links) == 3
    for tick, link in zip(ticks, links, strict=True):
        assert tick
        assert link
        assert tick["x"] + tick["width"] <= link["x"]
        assert abs(tick["y"] - link["y"]) < 24
