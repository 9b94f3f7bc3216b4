"""One picture of each screen. What changed is shown; `bin/test --pictures` keeps the new ones."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page
from tests.engines.samples import letter
from tests.visual.pictures import changed_share, save, shrink, side_by_side

from vaguemestre.engines.memory.folder import StoredMessage
from vaguemestre.engines.memory.mailbox import MemoryMailboxes
from vaguemestre.people.directory.models import MailAddress

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PICTURES = Path(__file__).parent / "screens"
DIFFERENCES = Path(__file__).parents[2] / "var" / "pictures"
MAX_CHANGED = 0.002
KEEPS = bool(os.environ.get("VAGUEMESTRE_KEEP_PICTURES"))
LOOKS = {"desk": (1280, 860, "light"), "phone": (390, 844, "dark")}
SCREENS = {
    "sign-in": "/alogin",
    "portal": "/",
    "settings": "/parametres/",
    "display": "/parametres/affichage",
    "identities": "/parametres/identites",
    "mail": "/messagerie/",
    "message": "/messagerie/",
    "contacts": "/contacts/",
    "lists": "/listes/",
    "boxes": "/boites/",
    "classes": "/classes/",
    "help": "/aide",
}
HIDE_DATES = """() => {
    for (const part of document.querySelectorAll("time, .greeting p, .av")) part.style.visibility = "hidden";
    document.activeElement?.blur();
}"""


@pytest.fixture(autouse=True)
def inbox(boxes: MemoryMailboxes, transactional_db: None) -> None:
    box = boxes.box("nmorel@ac-amiens.test")._folder("INBOX")
    for number, subject in enumerate(("Conseil de classe", "Sortie au Marquenterre", "Clés de la salle 204")):
        flags = frozenset({"\\Seen"} if number else {"\\Flagged"})
        content = letter(
            subject, "Bonjour,\n\nle texte.\n\nBien cordialement", From=f"Zoé <zoe@{number}.example>"
        )
        box.add(StoredMessage(content, flags, datetime(2025, 9, 1, 8, tzinfo=UTC) + timedelta(days=number)))


def take(page: Page, name: str, look: str) -> bytes:
    MailAddress.objects.update(address="nicolas.morel@ac-amiens.test")  # made with a number that tests share
    width, height, scheme = LOOKS[look]
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    if name == "sign-in":
        page.context.clear_cookies()
    page.goto(SCREENS[name])
    if name == "message":
        page.locator("#messages li.row a.open").nth(1).click()
        page.get_by_role("heading", name="Sortie au Marquenterre").wait_for()
        page.frame_locator("#reader iframe.body").get_by_text("le texte.").wait_for()
    page.wait_for_load_state("networkidle") if name == "portal" else page.wait_for_load_state("load")
    page.mouse.move(2, 2)  # nothing is hovered
    page.evaluate("document.fonts.ready")
    page.evaluate(HIDE_DATES)
    return page.screenshot(animations="disabled", caret="hide")


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", SCREENS)
def test_a_screen_looks_as_it_did(page: Page, name: str, look: str) -> None:
    after = shrink(take(page, name, look))
    path = PICTURES / f"{name}-{look}.png"
    if KEEPS:
        save(after, path)
    assert path.exists(), f"no picture of {name}: bin/test --pictures takes it"
    before = Image.open(path)
    share = changed_share(before, after)
    if share > MAX_CHANGED:
        shown = DIFFERENCES / path.name
        save(side_by_side(before, after), shown)
        pytest.fail(
            f"{share:.1%} of {name} ({look}) changed: see {shown}; if it is meant, bin/test --pictures"
        )
