"""What a browser keeps of a person is gone once they sign out, whatever page they sign out from."""

import pytest
from playwright.sync_api import Page, expect
from tests.engines.samples import letter
from tests.mailbox.webmail.conftest import put

from vaguemestre.engines.memory.mailbox import MemoryMailbox, MemoryMailboxes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FOLDER = "Conseil de discipline"
STORED = "Object.entries(localStorage).flat().join(' ')"


@pytest.fixture
def box(boxes: MemoryMailboxes, transactional_db: None) -> MemoryMailbox:
    return boxes.box("nmorel@ac-amiens.test")


def test_the_folders_somebody_used_are_gone_at_sign_out(page: Page, box: MemoryMailbox) -> None:
    box.make_folder(FOLDER)
    put(box, letter("Sortie au Marquenterre"))
    page.goto("/messagerie/")
    page.locator("#messages li.row a.open").click()
    page.get_by_role("heading", name="Sortie au Marquenterre").wait_for()
    page.keyboard.press("v")
    page.locator("#move-dialog .targets").get_by_text(FOLDER).click()
    expect(page.locator("#messages li.row")).to_have_count(0)
    assert FOLDER in page.evaluate(STORED)
    page.evaluate("localStorage.setItem('vm:compose:1:a', 'un texte'); localStorage.setItem('theme', 'x')")
    page.goto("/parametres/")
    page.get_by_role("button", name="Se déconnecter").first.click()
    page.wait_for_url("**/alogin**")
    assert page.evaluate(STORED) == "theme x"


def test_nothing_of_somebody_else_is_left_when_a_page_opens(page: Page, box: MemoryMailbox) -> None:
    page.goto("/parametres/")
    page.evaluate(
        "localStorage.setItem('vm:moves:999', 'Secret'); localStorage.setItem('vm:compose:999:a', 'Secret');"
        " localStorage.setItem('vaguemestre.moves', 'Secret')"
    )
    page.reload()
    assert page.evaluate(STORED) == ""
