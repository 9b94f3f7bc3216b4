"""« Toutes mes boîtes »: one list over one's own mailbox and those one shares, for who chose it."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer
from tests.access.signin.people import account
from tests.engines.samples import letter
from tests.mailbox.webmail.conftest import browser_of
from tests.schools.sharing.conftest import School, address_of, now

from vaguemestre.engines.memory.mailbox import MemoryMailboxes
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.mailbox.webmail.ports import openable_boxes, shared_unread
from vaguemestre.people.credentials.models import Account
from vaguemestre.post.mailstore.ports import open_mailbox
from vaguemestre.post.mailstore.values import MailLogin
from vaguemestre.schools.sharing.models import Box
from vaguemestre.schools.sharing.values import BoxKind, Right
from vaguemestre.site.adapters.webmail import openable_boxes as boxes_of_member
from vaguemestre.site.adapters.webmail import shared_unread as unread_in_boxes

Of = Callable[[Account], Client]
ADDRESS = "/messagerie/toutes/"
AT = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def wired() -> Iterator[None]:
    before = openable_boxes.get(), shared_unread.get()
    openable_boxes.replace(boxes_of_member)
    shared_unread.replace(unread_in_boxes)
    yield
    openable_boxes.replace(before[0])
    shared_unread.replace(before[1])


@pytest.fixture
def secretary(school: School) -> Account:
    made = account("secretaire", first_name="Sylvie", last_name="Lecointe")
    school.share(made, Right.SEND)
    return made


@pytest.fixture
def both(school: School, secretary: Account, mails: MemoryMailboxes) -> School:
    """One message in each mailbox; the school's is the newer."""
    mails.box(secretary.mailbox).append("INBOX", letter("Pour moi"), (), AT)
    of_school = mails.box(school.box.account.mailbox)
    of_school.append("INBOX", letter("Pour l’école"), (), AT.replace(hour=10))
    return school


def rows(browser: Client, query: str = "") -> list[tuple[str, str]]:
    """Reference and address of each row, every UIDVALIDITY as 1."""
    html = re.sub(r"INBOX/\d+/", "INBOX/1/", browser.get(f"{ADDRESS}lignes/{query}").content.decode())
    return re.findall(r'data-ref="([^"]+)".*?href="([^"]+)"', html, re.DOTALL)


def test_the_list_is_offered_to_who_chose_it_and_shares_a_mailbox(
    both: School, secretary: Account, of: Of
) -> None:
    browser, link = of(secretary), f'href="{ADDRESS}"'
    assert link not in browser.get("/messagerie/").content.decode()
    assert browser.post("/messagerie/choix/", {"boxes": "ensemble"}).status_code == 302
    assert link in browser.get("/messagerie/").content.decode()
    alone = of(account("ailleurs"))
    alone.post("/messagerie/choix/", {"boxes": "ensemble"})
    page = alone.get("/messagerie/").content.decode()
    assert link not in page
    assert 'name="boxes"' not in page


def test_each_row_names_its_mailbox_and_leads_into_it(both: School, secretary: Account, of: Of) -> None:
    number, browser = both.box.pk, of(secretary)
    assert rows(browser) == [
        (f"{number}~~INBOX/1/1", f"/boites/{number}/messagerie/INBOX/1/1/"),
        ("INBOX/1/1", "/messagerie/INBOX/1/1/"),
    ]
    page = browser.get(ADDRESS).content.decode()
    assert "Ma boîte</span>" in page
    assert f"{both.box.title}</span>" in page


def test_a_list_that_did_not_change_is_not_sent_again(both: School, secretary: Account, of: Of) -> None:
    browser = of(secretary)
    first = browser.get(f"{ADDRESS}lignes/")
    assert (first["X-Total"], first["X-Unread"]) == ("2", "2")
    again = browser.get(f"{ADDRESS}lignes/", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304


def test_a_search_finds_in_every_mailbox(both: School, secretary: Account, of: Of) -> None:
    browser = of(secretary)
    assert [ref for ref, _ in rows(browser, "?q=pour")] == [f"{both.box.pk}~~INBOX/1/1", "INBOX/1/1"]
    assert [ref for ref, _ in rows(browser, "?q=moi")] == ["INBOX/1/1"]


def test_nobody_reads_the_mailbox_of_others_in_their_list(
    both: School, mails: MemoryMailboxes, of: Of
) -> None:
    assert rows(of(account("ailleurs"))) == []


def test_a_lent_mailbox_is_not_in_the_list(both: School, secretary: Account, of: Of) -> None:
    claire = account("claire", first_name="Claire", last_name="Magnier")
    until = date.fromordinal(paris_day(now()).toordinal() + 20)
    given = {
        "address": address_of(secretary), "right": "read", "scope": "all",
        "starts_on": paris_day(now()).isoformat(), "ends_on": until.isoformat(),
    }  # fmt: skip
    assert of(claire).post("/boites/delegation/confier/", given).status_code == 302
    lent = Box.objects.get(kind=BoxKind.PERSON)
    assert str(lent.pk) not in [ref.partition("~~")[0] for ref, _ in rows(of(secretary))]


def test_a_mailbox_that_does_not_answer_is_named_and_the_others_are_shown(
    both: School, secretary: Account, mails: MemoryMailboxes, of: Of
) -> None:
    def one_away(login: MailLogin) -> object:
        if login.mailbox == both.box.account.mailbox:
            raise EngineDown("imap")
        return mails(login)

    open_mailbox.replace(one_away)  # type: ignore[arg-type]
    page = of(secretary).get(ADDRESS).content.decode()
    assert f"Cette boîte ne répond pas pour le moment : {both.box.title}." in page
    assert "Pour moi" in page


def test_the_list_is_ones_own_page(both: School, secretary: Account, of: Of) -> None:
    answer = of(secretary).get(f"/boites/{both.box.pk}{ADDRESS}")
    assert (answer.status_code, answer["Location"]) == (302, ADDRESS)


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
    page.set_default_timeout(15_000)
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
    composer = page.locator("vm-composer-dock iframe")
    expect(composer).to_have_attribute("src", re.compile(rf"^/boites/{both.box.pk}/messagerie/ecrire/"))
    address = both.box.account.mailbox
    expect(page.frame_locator("vm-composer-dock iframe").locator("body")).to_contain_text(address)
    page.locator("#messages a.open", has_text="Pour moi").click()
    expect(page.locator("#message-subject")).to_have_text("Pour moi")
    page.keyboard.press("r")
    expect(page.locator("vm-composer-dock iframe").nth(1)).to_have_attribute(
        "src", re.compile("^/messagerie/ecrire/")
    )
