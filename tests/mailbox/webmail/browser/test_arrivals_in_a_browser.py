"""What arrives in the open conversation: told, shown on demand, left out of what is done to the others."""

import re

import pytest
from playwright.sync_api import Page, Route, expect
from tests.engines.samples import letter
from tests.mailbox.webmail.browser.test_conversation_unfolded_in_a_browser import (
    line_of,
    put_conversation,
    reply,
)
from tests.mailbox.webmail.conftest import address, put

from vaguemestre.engines.memory.mailbox import MemoryMailbox, MemoryMailboxes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ARRIVED = "1 courriel est arrivé dans cette conversation."


@pytest.fixture
def box(boxes: MemoryMailboxes, transactional_db: None) -> MemoryMailbox:
    return boxes.box("nmorel@ac-amiens.test")


def refresh(page: Page) -> None:
    page.evaluate("document.querySelector('mail-app').refresh(true)")


@pytest.mark.parametrize("others", [0, 2])
def test_an_answer_that_arrives_is_told_where_its_conversation_is_read(
    page: Page, box: MemoryMailbox, others: int
) -> None:
    *_, last = put_conversation(box, *[3] * others)
    page.goto(address(last))
    page.wait_for_function("() => document.querySelector('mail-app').news")
    put(box, letter("Autre chose", Message_ID="<z@y>"), minutes=7)
    fresh = put(box, reply(9, 4), minutes=8)
    refresh(page)
    notice = page.locator("#reader").get_by_text(ARRIVED)
    expect(notice).to_be_visible()
    page.get_by_role("button", name="Afficher", exact=True).click()
    text = page.locator(line_of(page, fresh)).frame_locator("iframe")
    expect(text.get_by_text("ligne 2 du courriel 9")).to_be_visible()
    expect(notice).to_have_count(0)


@pytest.mark.parametrize("late", [r"/on_use/unfold\.[^/]*js$", r"/INBOX/\d+/\d+/$"], ids=["script", "text"])
def test_a_line_clicked_unfolds_though_the_conversation_is_drawn_anew_meanwhile(
    page: Page, box: MemoryMailbox, late: str
) -> None:
    first, *_, last = put_conversation(box, 3, 3)
    page.goto(address(last))
    line = page.locator(line_of(page, first))
    expect(line).to_be_visible()
    held: list[Route] = []
    page.route(re.compile(late), lambda route: held.append(route))
    with page.expect_request(re.compile(late)):
        line.locator("a.open").click()
    for _ in range(2):
        page.evaluate("document.querySelector('mail-app').conversation.again()")
    for route in held:
        route.continue_()
    expect(line.frame_locator("iframe").get_by_text("Bonjour")).to_be_visible()
    expect(line.locator("a.open")).to_have_attribute("aria-expanded", "true")


def test_what_arrives_elsewhere_is_not_told_in_the_conversation(page: Page, box: MemoryMailbox) -> None:
    *_, last = put_conversation(box, 3)
    page.goto(address(last))
    page.wait_for_function("() => document.querySelector('mail-app').news")
    put(box, letter("Autre chose", Message_ID="<z@y>"), minutes=8)
    with page.expect_response("**/conversation/"):
        refresh(page)
    expect(page.locator("#messages a.open", has_text="Autre chose")).to_be_visible()
    expect(page.get_by_text(ARRIVED)).to_have_count(0)


def test_what_is_done_to_a_grouped_conversation_leaves_what_came_since(
    page: Page, box: MemoryMailbox
) -> None:
    put(box, letter("Plus ancien", Message_ID="<z@y>"))
    put_conversation(box, 3, 3)
    page.goto("/messagerie/")
    page.get_by_role("button", name="Affichage").click()
    page.get_by_role("radio", name="Regroupées dans la liste").check()
    page.get_by_role("dialog").get_by_role("button", name="Fermer").click()
    rows = page.locator("#messages li.row")
    expect(rows).to_have_count(2)
    rows.first.locator("a.open").click()
    expect(page.locator(".conv")).to_be_visible()
    fresh = put(box, reply(9, 4), minutes=8)
    refresh(page)
    expect(page.locator("#reader").get_by_text(ARRIVED)).to_be_visible()
    expect(rows.first).to_have_class(re.compile(r"\bon\b"))
    expect(rows.first).to_have_attribute("data-ref", re.compile(f"/{fresh.uid}$"))
    page.locator("#message-subject").focus()
    page.keyboard.press("e")
    page.get_by_text("3 courriels archivés.").wait_for()
    expect(rows).to_have_count(2)
    assert box.page("Archive", 0, 9).total == 3
    assert box.page("INBOX", 0, 9).total == 2
