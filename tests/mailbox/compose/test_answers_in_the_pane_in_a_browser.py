"""One answers under the message, in the reading pane, or in a window at the bottom of the page: as chosen."""

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from tests.browser import access_faults
from tests.engines.live import wait_until
from tests.engines.samples import letter, rich
from tests.mailbox.webmail.conftest import address, put

from vaguemestre.engines.memory.mailbox import MemoryMailbox, MemoryMailboxes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def box(boxes: MemoryMailboxes, transactional_db: None) -> MemoryMailbox:
    return boxes.box("nmorel@ac-amiens.test")


def edges(part: Locator) -> dict[str, float]:
    return part.evaluate(
        """(part) => {
          const { left, right, top, bottom } = part.getBoundingClientRect();
          return { left, right, top, bottom };
        }"""
    )


def answer_by_key(page: Page) -> Locator:
    page.locator("#message-subject").focus()
    page.keyboard.press("r")
    text = page.frame_locator(".composer-box iframe").get_by_role("textbox", name="Message")
    expect(text).to_be_focused()
    return text


def test_what_is_typed_before_the_answer_is_there_acts_on_no_message(page: Page, box: MemoryMailbox) -> None:
    held: list[Route] = []
    page.route(re.compile(r"/ecrire/\w+/\?cadre=1"), lambda route: held.append(route))
    page.set_viewport_size({"width": 1280, "height": 800})
    put(box, letter("Autre"))
    page.goto(address(put(box, letter("Conseil"))))
    page.locator("#message-subject").focus()
    page.keyboard.press("r")
    page.keyboard.type("en avance # oubl")
    page.keyboard.press("Backspace")
    page.wait_for_function("() => document.querySelector('.composer-box')")
    held[0].continue_()
    text = page.frame_locator(".composer-box iframe").get_by_role("textbox", name="Message")
    expect(text).to_be_focused()
    page.keyboard.type("lier")
    expect(text).to_contain_text("en avance # oublier")
    expect(page.locator(".composer-box")).to_have_count(1)
    expect(page.locator("main .row")).to_have_count(2)  # nothing was archived nor deleted


@pytest.mark.parametrize("other", ["Répondre à tous", "Transférer"])
def test_another_kind_of_answer_to_the_same_message_stands_under_the_first(
    page: Page, box: MemoryMailbox, other: str
) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(address(put(box, letter("Conseil"))))
    answer_by_key(page).press_sequentially("D’abord")
    page.locator("#reader").get_by_role("button", name=other, exact=True).or_(
        page.get_by_role("toolbar").get_by_role("button", name=other, exact=True)
    ).first.click()
    expect(page.locator("#reader .composer-box.in-flow")).to_have_count(2)
    texts = [page.frame_locator(f".composer-box >> nth={n} >> iframe") for n in range(2)]
    expect(texts[0].get_by_role("textbox", name="Message")).to_contain_text("D’abord")
    expect(texts[1].get_by_role("textbox", name="Message")).to_be_in_viewport()
    assert page.evaluate("document.title")  # the page still answers


def article_above(page: Page) -> Locator:
    """The message right above the answer; the answer is in the flow of the conversation."""
    return page.locator("article:has(+ .composer-box.in-flow)")


def test_an_answer_stands_in_the_flow_right_under_its_message(page: Page, box: MemoryMailbox) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(address(put(box, letter("Conseil", "ligne\n" * 90))))
    text = answer_by_key(page)
    send = page.frame_locator("#reader .composer-box iframe").get_by_role(
        "button", name="Envoyer", exact=True
    )
    expect(send).to_be_in_viewport(ratio=1)
    above, written = edges(article_above(page)), edges(page.locator(".composer-box"))
    assert 0 <= written["top"] - above["bottom"] < 40
    assert above["bottom"] - above["top"] > 90 * 15  # the whole text, without a scrollbar of its own
    text.press_sequentially("Je viens.")
    page.locator("#reader").evaluate("reader => reader.scrollTo(0, 0)")
    expect(page.get_by_role("heading", name="Conseil")).to_be_in_viewport()
    expect(page.locator(".composer-box")).not_to_be_in_viewport()  # it scrolled with the message
    assert access_faults(page) == []


def test_a_text_that_comes_late_leaves_the_answer_in_sight(page: Page, box: MemoryMailbox) -> None:
    held: list[Route] = []
    page.route(re.compile("/corps/"), lambda route: held.append(route))
    page.clock.install()
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(address(put(box, letter("Conseil", "ligne\n" * 90))), wait_until="domcontentloaded")
    answer_by_key(page)
    expect(article_above(page)).to_be_visible()
    page.clock.fast_forward("00:10")
    assert edges(article_above(page))["bottom"] - edges(article_above(page))["top"] < 800
    held[-1].continue_()
    page.wait_for_function(  # the whole text pushes what is below it
        """() => document.querySelector("article:has(+ .composer-box.in-flow)").offsetHeight > 1350"""
    )
    frame = page.frame_locator("#reader .composer-box iframe")
    expect(frame.get_by_role("button", name="Envoyer", exact=True)).to_be_in_viewport(ratio=1)


def test_rows_and_columns_of_a_table_are_changed_in_sight(page: Page, box: MemoryMailbox) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(address(put(box, letter("Conseil"))))
    answer_by_key(page)
    frame = page.frame_locator(".composer-box iframe")
    frame.get_by_role("button", name="Tableau").click()
    frame.get_by_role("button", name="Insérer le tableau").click()
    bar, sends = frame.get_by_role("group", name="Tableau"), frame.locator(".sendbar")
    expect(bar).to_be_in_viewport(ratio=1)
    assert edges(bar)["bottom"] <= edges(sends)["top"]


def test_the_files_of_a_message_one_forwards_are_in_sight(page: Page, box: MemoryMailbox) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(address(put(box, rich())))
    page.locator("#message-subject").focus()
    page.keyboard.press("f")
    frame = page.frame_locator("#reader .composer-box iframe")
    expect(frame.get_by_role("combobox", name="À")).to_be_focused()
    files, sends = frame.get_by_role("list", name="Pièces jointes"), frame.locator(".sendbar")
    expect(files).to_be_in_viewport(ratio=1)
    assert edges(files)["bottom"] <= edges(sends)["top"] + 1


@pytest.mark.parametrize("width", [920, 1100, 1280, 1440])
def test_every_tool_of_an_answer_is_in_sight(page: Page, box: MemoryMailbox, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 860})
    page.goto(address(put(box, letter("Conseil"))))
    answer_by_key(page)
    tools = page.frame_locator(".composer-box iframe").locator(".toolbar .tool")
    for tool in tools.all():
        assert edges(tool)["right"] <= edges(tool.locator("xpath=ancestor::body"))["right"]


def test_an_answer_in_the_flow_is_reached_and_left_by_tab(page: Page, box: MemoryMailbox) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(address(put(box, letter("Conseil"))))
    answer_by_key(page).press("Escape")
    title = page.get_by_role("button", name="Re: Conseil")
    expect(title).to_be_focused()  # it is folded
    title.press("Enter")
    expect(article_above(page)).to_be_visible()
    title.focus()
    page.keyboard.press("Tab")
    expect(page.locator(".composer-box").get_by_role("button", name="Réduire")).to_be_focused()


FRAMES_LOAD_ANEW = "delete Element.prototype.moveBefore"


def test_a_browser_that_cannot_move_a_frame_keeps_the_answer_at_the_foot_of_the_pane(
    page: Page, box: MemoryMailbox
) -> None:
    page.add_init_script(FRAMES_LOAD_ANEW)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(address(put(box, letter("Conseil", "ligne\n" * 90))))
    answer_by_key(page)
    answer, reader = page.locator("vm-composer-dock .composer-box"), page.locator("#reader")
    written, pane = edges(answer), edges(reader)
    assert (written["left"], written["right"]) == (pane["left"], pane["right"])
    assert abs(written["bottom"] - pane["bottom"]) < 1
    assert written["top"] - pane["top"] >= 200  # what one answers stays in sight
    reader.evaluate("reader => reader.scrollTo(0, reader.scrollHeight)")
    assert edges(page.locator("#reader .message"))["bottom"] <= written["top"] + 0.5
    assert access_faults(page) == []


@pytest.mark.parametrize("height", [660, 720, 800])
def test_what_sends_stays_in_sight_under_a_message(page: Page, box: MemoryMailbox, height: int) -> None:
    page.set_viewport_size({"width": 1280, "height": height})
    page.goto(address(put(box, letter("Conseil"))))
    text = answer_by_key(page)
    frame = page.frame_locator(".composer-box iframe")
    # as on a Sunday: the notice of quiet hours takes its part of the frame
    frame.locator("#quiet").evaluate(
        "quiet => { quiet.hidden = false; quiet.textContent = 'x '; quiet.style.height = '90px'; }"
    )
    send = frame.get_by_role("button", name="Envoyer", exact=True)
    expect(send).to_be_in_viewport(ratio=1)
    text.press_sequentially("ligne\n" * 14)
    expect(send).to_be_in_viewport(ratio=1)
    expect(text).to_be_focused()


def test_an_answer_waits_while_another_message_is_read_and_comes_back(page: Page, box: MemoryMailbox) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    first = put(box, letter("Conseil"), minutes=1)
    put(box, letter("Autre sujet", Message_ID="<9@x>"), minutes=9)
    page.goto(address(first))
    text = answer_by_key(page)
    text.press_sequentially("Je viens.")
    answer = page.locator(".composer-box")
    rows = page.get_by_role("region", name="Messages")
    rows.get_by_text("Autre sujet").first.click()
    page.get_by_role("heading", name="Autre sujet").wait_for()
    expect(answer).to_have_class("composer-box small")
    expect(answer.get_by_role("button", name="Re: Conseil")).to_be_visible()
    assert page.locator("#reader").evaluate("reader => reader.style.paddingBottom") == ""
    rows.get_by_text("Conseil").first.click()
    expect(article_above(page)).to_be_visible()
    expect(text).to_contain_text("Je viens.")
    page.reload()  # left as it is: the draft is kept

    def drafts() -> list[str]:
        page.goto("/messagerie/Drafts/")
        return page.locator("#messages li.row").all_inner_texts()

    [draft] = wait_until(
        lambda: rows if len(rows := drafts()) == 1 else None
    )  # the copy it replaces goes after it
    assert "Je viens." in draft


def test_escape_puts_an_answer_away_and_its_title_opens_it_again(page: Page, box: MemoryMailbox) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(address(put(box, letter("Conseil"))))
    text = answer_by_key(page)
    text.press("Escape")
    answer = page.locator(".composer-box")
    expect(answer).to_have_class("composer-box small")
    title = answer.get_by_role("button", name="Re: Conseil")
    expect(title).to_be_focused()
    title.press("Enter")
    expect(article_above(page)).to_be_visible()


@pytest.mark.parametrize("layout", ["droite", "dessous", "aucun"])
def test_the_choice_is_kept_with_the_account(page: Page, box: MemoryMailbox, layout: str) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    ref = put(box, letter("Conseil"))
    page.goto(address(ref))
    page.get_by_role("button", name="Affichage").click()
    for field, value in (("layout", layout), ("answers", "fenetre")):
        radio = page.locator(f'#display-dialog [name="{field}"][value="{value}"]')
        if not radio.is_checked():
            with page.expect_response(lambda answer: answer.request.method == "POST"):
                radio.check()
    page.get_by_role("dialog").get_by_role("button", name="Fermer").click()
    page.goto(address(ref))
    answer_by_key(page)
    box_shown = page.locator("vm-composer-dock .composer-box")
    expect(box_shown).to_have_class("composer-box")
    assert edges(box_shown)["right"] - edges(box_shown)["left"] <= 622


def test_a_phone_gives_an_answer_the_whole_screen(page: Page, box: MemoryMailbox) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(address(put(box, letter("Conseil"))))
    page.get_by_role("button", name="Répondre", exact=True).click()
    answer = page.locator("vm-composer-dock .composer-box")
    expect(answer).to_have_class("composer-box")
    assert edges(answer) == {"left": 0, "right": 390, "top": 0, "bottom": 844}


def test_an_answer_folds_the_fields_of_copies_until_they_are_wanted(page: Page, box: MemoryMailbox) -> None:
    page.goto(address(put(box, letter("Une question"))))
    answer_by_key(page)
    composer = page.frame_locator(".composer-box iframe")
    copies = composer.get_by_role("button", name="Ajouter des destinataires en copie")
    expect(composer.get_by_label("Cc", exact=True)).to_be_hidden()
    copies.press("Enter")
    expect(composer.get_by_label("Cc", exact=True)).to_be_focused()
    expect(composer.get_by_label("Cci", exact=True)).to_be_visible()
    expect(copies).to_be_hidden()
    assert access_faults(page) == []


def test_an_answer_to_all_shows_those_in_copy(page: Page, box: MemoryMailbox) -> None:
    asked = letter("Une question", To="nmorel@ac-amiens.test", Cc="Zoé <zoe@dehors.example>")
    page.goto(address(put(box, asked)))
    page.keyboard.press("a")
    composer = page.frame_locator(".composer-box iframe")
    expect(composer.get_by_label("Cci", exact=True)).to_be_visible()
    expect(composer.locator(".row.half .person")).to_have_text(re.compile("Zoé"))
    expect(composer.get_by_role("button", name="Ajouter des destinataires en copie")).to_be_hidden()


def test_the_title_says_when_it_was_saved_and_no_line_is_lost(page: Page, box: MemoryMailbox) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(address(put(box, letter("Conseil", "ligne"))))
    answer_by_key(page).press_sequentially("Je viens.")
    expect(page.locator(".composer-box .kept")).to_have_text(re.compile("^Enregistré à"))
    saved = page.frame_locator(".composer-box iframe").locator("#saved")
    expect(saved).to_have_text(re.compile("^Enregistré à"))  # for who cannot see the title
    assert edges(saved)["bottom"] - edges(saved)["top"] <= 1
