"""Folders: those that the page did not have when it was drawn, and what emptying the trash loses."""

import pytest
from playwright.sync_api import Page, expect
from tests.mailbox.webmail.conftest import put

from vaguemestre.engines.memory.mailbox import MemoryMailbox, MemoryMailboxes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# news of the mailbox that come while somebody waits for the folders
_NEWS = """() => {
  const app = document.querySelector("mail-app");
  const first = app.folderPane.counts.bind(app.folderPane);
  app.folderPane.counts = () => { const asked = first(); first(); return asked; };
}"""


@pytest.fixture
def box(boxes: MemoryMailboxes, transactional_db: None) -> MemoryMailbox:
    return boxes.box("nmorel@ac-amiens.test")


def test_a_folder_made_by_enter_takes_the_message_though_news_come_meanwhile(
    page: Page, box: MemoryMailbox
) -> None:
    put(box)
    page.goto("/messagerie/")
    page.locator("#messages li.row a.open").first.focus()
    page.evaluate(_NEWS)
    page.keyboard.press("v")
    expect(page.locator("#move-name")).to_be_focused()
    page.keyboard.type("Par Entree")
    page.get_by_role("button", name="Nouveau dossier « Par Entree »").wait_for()
    page.keyboard.press("Enter")
    page.get_by_text("Courriel déplacé vers « Par Entree ».").wait_for()
    assert box.page("Par Entree", 0, 1).total == 1


def test_a_folder_made_beside_the_list_is_offered_at_once(page: Page, box: MemoryMailbox) -> None:
    box.make_folder("Ancien")
    put(box)
    page.goto("/messagerie/")
    page.get_by_role("button", name="Nouveau dossier").first.click()
    page.locator("#name-name").fill("Parents élèves")
    page.locator("#name-name").press("Enter")
    page.locator(".folder-lists").get_by_text("Parents élèves").wait_for()
    page.locator("#messages li.row a.open").first.focus()
    page.keyboard.press("v")
    expect(page.locator("#move-name")).to_be_focused()
    page.keyboard.type("paren")
    offered = page.locator("#move-dialog .targets li:not([hidden])")
    expect(offered).to_have_count(1)
    expect(offered).to_have_text("Parents élèves")
    expect(offered.locator("svg")).to_have_count(1)
    page.keyboard.press("Enter")
    page.get_by_text("Courriel déplacé vers « Parents élèves ».").wait_for()
    assert box.page("Parents élèves", 0, 1).total == 1


def test_emptying_the_trash_says_where_its_messages_can_still_be_found(
    page: Page, box: MemoryMailbox
) -> None:
    put(box, folder="Trash")
    page.goto("/messagerie/Trash/")
    page.get_by_role("button", name="Actions sur Corbeille").press("Enter")
    page.get_by_role("menuitem", name="Vider").press("Enter")
    page.get_by_role("dialog").get_by_text("« Messages supprimés » pourra encore les rendre").wait_for()
