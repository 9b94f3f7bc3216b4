"""Writing above one's signature, in a real browser."""

import pytest
from playwright.sync_api import FrameLocator, Locator, Page, expect
from tests.mailbox.compose.test_composer_in_a_browser import (
    in_database,
    sign_usually,
    text_of,
    write_new,
)

from vaguemestre.engines.memory.mailbox import MemoryMailbox, MemoryMailboxes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def box(boxes: MemoryMailboxes, transactional_db: None) -> MemoryMailbox:
    return boxes.box("nmorel@ac-amiens.test")


@pytest.fixture(autouse=True)
def _working_hours(page: Page) -> None:
    """What an evening proposes takes its place from the text while one points at its foot."""
    page.route("**/messagerie/envois/heures/**", lambda route: route.fulfill(json={}))


SIGNATURE = "<p>Nicolas Morel</p><p>Collège Jules Verne</p>"


def lines_of(composer: FrameLocator) -> list[str]:
    return [line.strip() for line in text_of(composer).inner_text().split("\n") if line.strip()]


def click_at_the_foot(text: Locator) -> None:
    box = text.bounding_box()
    assert box
    text.click(position={"x": box["width"] / 2, "y": box["height"] - 6})


@pytest.mark.parametrize("width", [1280, 390])
def test_a_click_on_the_blank_writes_above_the_signature(page: Page, box: MemoryMailbox, width: int) -> None:
    in_database(lambda: sign_usually(SIGNATURE))
    page.set_viewport_size({"width": width, "height": 844})
    composer = write_new(page)
    click_at_the_foot(text_of(composer))
    page.keyboard.type("Bonjour")
    page.keyboard.press("Enter")
    page.keyboard.type("Rendez-vous lundi.")
    composer.get_by_label("Objet").click()
    click_at_the_foot(text_of(composer))
    page.keyboard.type(" Merci.")
    written = ["Bonjour", "Rendez-vous lundi. Merci."]
    assert lines_of(composer) == [*written, "--", "Nicolas Morel", "Collège Jules Verne"]


def test_a_first_click_beside_the_signature_writes_above_it_and_a_second_in_it(
    page: Page, box: MemoryMailbox
) -> None:
    in_database(lambda: sign_usually(SIGNATURE))
    composer = write_new(page)
    last = text_of(composer).get_by_text("Collège Jules Verne")
    last.click(position={"x": 240, "y": 8})
    page.keyboard.type("Bonjour")
    last.click(position={"x": 240, "y": 8})
    page.keyboard.type(", Amiens")
    assert lines_of(composer) == ["Bonjour", "--", "Nicolas Morel", "Collège Jules Verne, Amiens"]
    expect(text_of(composer).locator("[data-signature]")).to_have_count(1)


@pytest.mark.parametrize("address", ["nouvelle", "types/nouvelle"], ids=["signature", "ready text"])
def test_a_picture_that_a_text_does_not_take_is_told(page: Page, box: MemoryMailbox, address: str) -> None:
    page.goto(f"/parametres/identites/{address}")
    page.locator("#editor").wait_for(state="attached")
    page.evaluate(
        """() => {
            const clipboardData = new DataTransfer();
            clipboardData.items.add(new File([new Uint8Array(8)], "logo.png", { type: "image/png" }));
            const paste = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
            document.querySelector("#editor").dispatchEvent(paste);
        }"""
    )
    expect(page.locator("#notices")).to_contain_text("Ce texte ne prend pas d’image")
