"""One picture of each screen of an agent. What changed is shown; `bin/test --pictures` keeps the new ones."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page
from tests.engines.samples import letter
from tests.visual.windows import LOOKS, dress, keep_or_compare, still

from vaguemestre.engines.memory.folder import StoredMessage
from vaguemestre.engines.memory.mailbox import MemoryMailboxes
from vaguemestre.people.directory.models import MailAddress

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SCREENS = {
    "sign-in": "/alogin",
    "assistant": "/assistant/",
    "numen-request": "/numen/demande",
    "portal": "/",
    "settings": "/parametres/",
    "display": "/parametres/affichage",
    "identities": "/parametres/identites",
    "security": "/parametres/securite",
    "mail": "/messagerie/",
    "message": "/messagerie/",
    "composer": "/messagerie/ecrire/",
    "attachments": "/messagerie/pieces/",
    "quarantine": "/messagerie/quarantaine/",
    "where": "/messagerie/envois/ou/",
    "new-contact": "/contacts/nouveau/",
    "contacts": "/contacts/",
    "lists": "/listes/",
    "boxes": "/boites/",
    "classes": "/classes/",
    "help": "/aide",
    "privacy": "/donnees-personnelles",
}
SIGNED_OUT = {"sign-in", "assistant", "numen-request"}


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
    dress(page, look)
    if name in SIGNED_OUT:
        page.context.clear_cookies()
    page.route("**/messagerie/envois/heures/**", lambda route: route.fulfill(json={}))  # never off hours
    page.goto(SCREENS[name])
    if name == "message":
        page.locator("#messages li.row a.open").nth(1).click()
        page.get_by_role("heading", name="Sortie au Marquenterre").wait_for()
        page.frame_locator("#reader iframe.body").get_by_text("le texte.").wait_for()
    page.wait_for_load_state("networkidle") if name == "portal" else page.wait_for_load_state("load")
    return still(page)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", SCREENS)
def test_a_screen_looks_as_it_did(page: Page, name: str, look: str) -> None:
    keep_or_compare(take(page, name, look), name, look)
