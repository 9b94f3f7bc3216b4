"""Pictures in the text one writes, in a real browser."""

import re

import pytest
from playwright.sync_api import FrameLocator, Page, expect
from tests.mailbox.compose.test_composer_in_a_browser import text_of, write_new

from vaguemestre.engines.memory.mailbox import MemoryMailbox, MemoryMailboxes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


@pytest.fixture
def box(boxes: MemoryMailboxes, transactional_db: None) -> MemoryMailbox:
    return boxes.box("nmorel@ac-amiens.test")


def write_with_picture(page: Page) -> FrameLocator:
    """« Avant », a picture and « après » on one line, between two others; the picture is clicked."""
    composer = write_new(page)
    text_of(composer).click()
    page.keyboard.type("Une\nAvant ")
    composer.locator("#pictures").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": PNG})
    picture = text_of(composer).locator("img")
    expect(picture).to_have_count(1)
    page.keyboard.type(" après\nTrois")
    picture.evaluate("picture => { picture.style.width = '80px'; picture.style.height = '80px' }")
    picture.click()
    expect(composer.locator(".squire-image-resize-container")).to_have_count(1)
    return composer


def lines_of(composer: FrameLocator) -> list[str]:
    lines = re.split(r"\n+", text_of(composer).inner_text())
    return [line.replace("\xa0", " ").strip() for line in lines if line.strip()]


@pytest.mark.parametrize("key", ["Delete", "Backspace"])
def test_a_clicked_picture_goes_alone(page: Page, box: MemoryMailbox, key: str) -> None:
    composer = write_with_picture(page)
    page.keyboard.press(key)
    expect(text_of(composer).locator("img")).to_have_count(0)
    page.keyboard.type("et")
    assert lines_of(composer) == ["Une", "Avant et après", "Trois"]
    composer.get_by_role("button", name="Annuler la frappe").click()
    expect(text_of(composer).locator("img")).to_have_count(1)


def test_what_is_typed_on_a_clicked_picture_goes_into_the_text(page: Page, box: MemoryMailbox) -> None:
    composer = write_with_picture(page)
    page.keyboard.type("vu")
    text_of(composer).locator("img").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" et fin")
    text_of(composer).locator("img").click()
    page.keyboard.press("Escape")
    page.keyboard.press("Home")
    page.keyboard.type("Ici, ")
    expect(composer.locator(".squire-image-resize-container")).to_have_count(0)
    assert lines_of(composer) == ["Une", "Ici, Avant vu après", "Trois et fin"]
    expect(text_of(composer).locator("img")).to_have_count(1)
