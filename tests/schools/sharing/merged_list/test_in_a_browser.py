"""« Toutes mes boîtes » in a browser: what is done to a message is done in its own mailbox."""

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer
from tests.browser import PATIENCE_MS, access_faults
from tests.mailbox.webmail.conftest import browser_of
from tests.schools.sharing.conftest import School
from tests.schools.sharing.merged_list.conftest import ADDRESS

from vaguemestre.engines.memory.mailbox import MemoryMailboxes
from vaguemestre.people.credentials.models import Account


@pytest.fixture
def page(live_server: LiveServer, both: School, secretary: Account, chromium: Browser) -> Iterator[Page]:
    """The secretary's window, on the list."""
    browser = browser_of(secretary)
    browser.post("/messagerie/choix/", {"boxes": "ensemble"})
    cookie = browser.cookies[settings.SESSION_COOKIE_NAME].value
    context = chromium.new_context(
        viewport={"width": 1280, "height": 860}, locale="fr-FR", base_url=live_server.url
    )
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(ADDRESS)
    yield page
    page.goto("about:blank")
    context.close()


def subjects(mails: MemoryMailboxes, mailbox: str, folder: str) -> list[str]:
    return [row.summary.subject for row in mails.box(mailbox).page(folder, 0, 50).rows]


@pytest.mark.browser
def test_reading_filing_and_undoing_are_done_in_the_mailbox_of_the_message(
    page: Page, both: School, mails: MemoryMailboxes
) -> None:
    page.locator("#messages a.open", has_text="Pour l’école").click()
    expect(page.locator("#message-subject")).to_have_text("Pour l’école")
    assert re.search(rf"/boites/{both.box.pk}/messagerie/INBOX/\d+/1/$", page.url)
    expect(page.locator("#messages li.row.unread")).to_have_count(1)
    assert access_faults(page) == []
    expect(page.locator("#folders [data-box=all]")).to_have_text("1 non lu")
    page.keyboard.press("e")
    expect(page.locator("#messages li.row")).to_have_count(1)
    notice = page.locator("#notices [data-undo]")
    expect(notice).to_contain_text("Courriel archivé.")
    assert subjects(mails, both.box.account.mailbox, "Archive") == ["Pour l’école"]
    notice.get_by_role("button", name="Annuler").click()
    expect(page.locator("#messages li.row")).to_have_count(2)
    assert subjects(mails, both.box.account.mailbox, "INBOX") == ["Pour l’école"]


@pytest.mark.browser
def test_a_message_goes_to_a_folder_of_its_own_mailbox(
    page: Page, both: School, secretary: Account, mails: MemoryMailboxes
) -> None:
    mails.box(both.box.account.mailbox).create_folder("Inscriptions")
    mails.box(secretary.mailbox).create_folder("Personnel")
    page.locator("#messages li.row", has_text="Pour l’école").click(button="right")
    page.get_by_role("menuitem", name="Déplacer…").click()
    targets = page.locator("#move-dialog .targets")
    expect(targets).to_contain_text("Inscriptions")
    expect(targets).not_to_contain_text("Personnel")
    targets.get_by_role("button", name="Inscriptions").click()
    expect(page.locator("#messages li.row")).to_have_count(1)
    expect(page.locator("#notices")).to_contain_text("Courriel déplacé.")
    assert subjects(mails, both.box.account.mailbox, "Inscriptions") == ["Pour l’école"]


@pytest.mark.browser
def test_an_answer_leaves_from_the_mailbox_of_the_message(page: Page, both: School) -> None:
    page.locator("#messages a.open", has_text="Pour l’école").click()
    expect(page.locator("#message-subject")).to_have_text("Pour l’école")
    page.keyboard.press("r")
    composer = page.locator(".composer-box iframe")
    expect(composer).to_have_attribute("src", re.compile(rf"^/boites/{both.box.pk}/messagerie/ecrire/"))
    address = both.box.account.mailbox
    expect(page.frame_locator(".composer-box iframe").locator("body")).to_contain_text(address)
    page.locator("#messages a.open", has_text="Pour moi").click()
    expect(page.locator("#message-subject")).to_have_text("Pour moi")
    page.keyboard.press("r")
    expect(page.locator('.composer-box iframe[src^="/messagerie/ecrire/"]')).to_have_count(1)
