"""Rows of the list: their height, what hovering, clicking and swiping them does, and how it is taken back."""

import re

import pytest
from playwright.sync_api import Page, Route, expect
from tests.engines.samples import letter
from tests.mailbox.webmail.browser.test_page_in_a_browser import SUBJECTS
from tests.mailbox.webmail.conftest import put

from vaguemestre.engines.memory.mailbox import MemoryMailbox, MemoryMailboxes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ROW = "#messages li.row"
SIZES = """(parts) => parts.map((part) => {
    const { width, height } = part.getBoundingClientRect();
    return [width, height];
  })"""


@pytest.fixture
def box(boxes: MemoryMailboxes, transactional_db: None) -> MemoryMailbox:
    box = boxes.box("nmorel@ac-amiens.test")
    for number in range(3):
        put(box, letter(f"Numéro {number}", "Un texte assez long " * 9), minutes=number)
    return box


def open_list(page: Page) -> None:
    page.goto("/messagerie/")
    page.locator(ROW).nth(2).wait_for()


@pytest.mark.parametrize(("height", "row"), [(860, 72), (720, 44)])
def test_rows_are_tight_on_a_low_screen(page: Page, box: MemoryMailbox, height: int, row: int) -> None:
    page.set_viewport_size({"width": 1280, "height": height})
    open_list(page)
    assert page.locator(ROW).evaluate_all("rows => rows.map(row => row.offsetHeight)") == [row] * 3
    inside = page.locator(ROW).first.evaluate(
        """(row) => { const { top, bottom } = row.getBoundingClientRect();
        return [...row.querySelectorAll(".names, .moment, .subject-line, .snippet")].every((part) =>
          part.getBoundingClientRect().top >= top && part.getBoundingClientRect().bottom <= bottom); }"""
    )
    assert inside, "nothing of a row is cut"


def test_the_hour_of_a_row_stands_at_its_right_edge(page: Page, box: MemoryMailbox) -> None:
    """A rule meant for a dialog gave it a second, empty column: names were cut for nothing."""
    open_list(page)
    edges = page.locator(ROW).first.evaluate(
        """(row) => { const range = document.createRange();
        range.selectNodeContents(row.querySelector("time"));
        const link = row.querySelector("a.open");
        const edge = link.getBoundingClientRect().right - parseFloat(getComputedStyle(link).paddingRight);
        return [range.getBoundingClientRect().right, edge]; }"""
    )
    assert edges[0] == pytest.approx(edges[1], abs=1)


def test_a_star_is_put_and_taken_by_a_click_or_undone_by_keys(page: Page, box: MemoryMailbox) -> None:
    open_list(page)
    row = page.locator(ROW).nth(1)
    row.hover()
    star = row.get_by_role("button", name="Étoile")
    star.click()
    expect(star).to_have_attribute("aria-pressed", "true")
    expect(page.locator(f"{ROW}.flagged {SUBJECTS.removeprefix(ROW)}")).to_have_text(["Numéro 1"])
    page.keyboard.press("Control+z")
    expect(star).to_have_attribute("aria-pressed", "false")
    expect(page.locator(f"{ROW}.flagged")).to_have_count(0)


def test_what_is_undone_at_once_is_what_was_just_done(page: Page, box: MemoryMailbox) -> None:
    open_list(page)
    row = page.locator(ROW).nth(1)
    row.hover()
    held: list[Route] = []
    page.route(re.compile("/flag/$"), lambda route: held.append(route))
    star = row.get_by_role("button", name="Étoile")
    with page.expect_request(re.compile("/flag/$")):
        star.click()
    page.keyboard.press("Control+z")
    with page.expect_response(re.compile("/unflag/$")):
        held[0].continue_()
    expect(star).to_have_attribute("aria-pressed", "false")
    expect(page.locator(f"{ROW}.flagged")).to_have_count(0)


def test_hovering_a_row_offers_to_archive_it_and_z_brings_it_back(page: Page, box: MemoryMailbox) -> None:
    open_list(page)
    row = page.locator(ROW).nth(1)
    page.locator(ROW).nth(0).hover()
    page.locator(".acts").wait_for()
    row.hover()
    row.get_by_title("Archiver").click()
    expect(page.locator(SUBJECTS)).to_have_text(["Numéro 2", "Numéro 0"])
    page.get_by_text("Courriel archivé.").wait_for()
    page.locator(f"{ROW} a.open").first.focus()
    page.keyboard.press("z")
    expect(page.locator(ROW)).to_have_count(3)
    page.keyboard.press("z")
    page.get_by_text("Il n’y a rien à annuler.").wait_for()


def test_what_was_open_when_it_left_is_open_again_once_it_is_back(page: Page, box: MemoryMailbox) -> None:
    open_list(page)
    page.locator(ROW).nth(1).locator("a.open").click()
    heading = page.locator("#message-subject")
    expect(heading).to_have_text("Numéro 1")
    page.keyboard.press("e")
    expect(heading).not_to_have_text("Numéro 1")
    page.get_by_role("button", name="Annuler").click()
    expect(heading).to_have_text("Numéro 1")
    expect(page.locator(SUBJECTS)).to_have_text(["Numéro 2", "Numéro 1", "Numéro 0"])


def test_hovering_never_moves_what_is_in_a_row(page: Page, box: MemoryMailbox) -> None:
    open_list(page)
    parts = page.locator(ROW).nth(1).locator(".names, .subject-line, .moment")
    before = parts.evaluate_all(SIZES)
    page.locator(ROW).nth(1).hover()
    page.locator(f"{ROW} .acts").wait_for()
    assert parts.evaluate_all(SIZES) == before


def swipe(page: Page, row: int, by: int) -> None:
    box = page.locator(ROW).nth(row).bounding_box()
    assert box
    session = page.context.new_cdp_session(page)
    x, y = box["x"] + box["width"] / 2, box["y"] + 30
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 9):
        point = {"x": x + by * step / 8, "y": y}
        session.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_row_swiped_right_is_archived_and_left_put_in_the_bin(page: Page, box: MemoryMailbox) -> None:
    touch = page.context.new_cdp_session(page)
    touch.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    page.set_viewport_size({"width": 390, "height": 844})
    with page.expect_response("**/on_use/row_actions.js"):
        open_list(page)
    swipe(page, 0, 40)
    expect(page.locator(SUBJECTS)).to_have_text(["Numéro 2", "Numéro 1", "Numéro 0"])
    swipe(page, 0, 160)
    page.get_by_text("Courriel archivé.").wait_for()
    swipe(page, 0, -160)
    page.get_by_text("Courriel mis à la corbeille.").wait_for()
    expect(page.locator(SUBJECTS)).to_have_text(["Numéro 0"])
    assert page.url.endswith("/messagerie/"), "a swipe opens nothing"


def test_a_list_pulled_down_by_a_finger_is_read_again(page: Page, box: MemoryMailbox) -> None:
    touch = page.context.new_cdp_session(page)
    touch.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    page.set_viewport_size({"width": 390, "height": 844})
    with page.expect_response("**/on_use/row_actions.js"):
        open_list(page)
    put(box, subject="Numéro 3", minutes=9)
    pull(page, 60)
    expect(page.locator(SUBJECTS)).to_have_count(3)
    with page.expect_response("**/lignes/**"):
        pull(page, 160)
    expect(page.locator(SUBJECTS).first).to_have_text("Numéro 3")


def pull(page: Page, by: int) -> None:
    """A finger that comes down on the list and lets go."""
    session = page.context.new_cdp_session(page)
    for step in range(9):
        point = {"x": 200, "y": 220 + by * step / 8}
        kind = "touchMove" if step else "touchStart"
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


@pytest.mark.parametrize(
    ("layout", "list_then_reading"), [("droite", "beside"), ("dessous", "above"), ("aucun", "alone")]
)
def test_the_reading_pane_is_where_it_was_chosen(
    page: Page, box: MemoryMailbox, layout: str, list_then_reading: str
) -> None:
    open_list(page)
    page.get_by_role("button", name="Affichage").click()
    choice = page.locator(f'#display-dialog [name="layout"][value="{layout}"]')
    assert choice.is_checked() == (layout == "droite")
    if layout != "droite":
        with page.expect_response("**/choix/"):
            choice.check()
    page.locator("#display-dialog").get_by_role("button", name="Fermer").click()
    page.reload()
    page.locator(f"{ROW} a.open").first.click()
    page.get_by_role("heading", name="Numéro 2").wait_for()
    messages, reading = page.locator("#messages"), page.locator("#reader")
    shown = reading.bounding_box()
    assert shown
    assert shown["width"] > 300
    assert shown["height"] > 300
    if list_then_reading == "alone":
        expect(messages).to_be_hidden()
        page.get_by_role("button", name="Retour à la liste").click()
        expect(messages).to_be_visible()
        expect(reading).to_be_hidden()
        return
    rows = messages.bounding_box()
    assert rows
    is_beside = rows["x"] + rows["width"] <= shown["x"] + 1
    is_above = rows["y"] + rows["height"] <= shown["y"] + 1
    assert (is_beside, is_above) == (list_then_reading == "beside", list_then_reading == "above")


ROW_20 = "document.querySelectorAll('#messages li.row')[20].querySelector('a.open')"


def open_thirty(page: Page, box: MemoryMailbox) -> None:
    for number in range(30):
        put(box, subject=f"Numéro {number}", minutes=number)
    page.goto("/messagerie/")


def test_rows_below_the_first_screen_are_left_to_the_second_frame(page: Page, box: MemoryMailbox) -> None:
    page.add_init_script(
        f"""const look = () => document.querySelector('#reader')
              ? (window.inFirstFrame = {ROW_20}.checkVisibility()) : requestAnimationFrame(look);
            requestAnimationFrame(look);"""
    )
    open_thirty(page, box)
    page.wait_for_function(f"() => {ROW_20}.checkVisibility()")
    assert page.evaluate("window.inFirstFrame") is False


def test_rows_below_the_first_screen_are_shown_where_scripts_do_not_come(
    page: Page, box: MemoryMailbox
) -> None:
    page.route("**/static/**/*.js", lambda route: route.abort())
    open_thirty(page, box)
    page.wait_for_function(f"() => {ROW_20}.checkVisibility()", timeout=5000)
    assert page.locator("mail-app[data-drawn]").count() == 0
