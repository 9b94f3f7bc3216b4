"""Messages of a conversation are read one under another: each unfolds under its line, the open ones stay."""

import re
from itertools import pairwise

import pytest
from playwright.sync_api import Page, Route, expect
from tests.engines.samples import letter
from tests.mailbox.webmail.conftest import address, put

from vaguemestre.engines.memory.mailbox import MemoryMailbox, MemoryMailboxes
from vaguemestre.post.mailstore.values import Flag, MessageRef

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def box(boxes: MemoryMailboxes, transactional_db: None) -> MemoryMailbox:
    return boxes.box("nmorel@ac-amiens.test")


def reply(number: int, lines: int) -> bytes:
    text = "".join(f"ligne {line} du courriel {number}\n" for line in range(lines))
    return letter(
        "Re: Conseil", text, Message_ID=f"<{number}@x>", In_Reply_To="<0@x>", References="<a@x> <0@x>"
    )


def put_conversation(box: MemoryMailbox, *lengths: int) -> list[MessageRef]:
    first = put(
        box, letter("Conseil", "Bonjour", Message_ID="<0@x>", In_Reply_To="<a@x>", References="<a@x>")
    )
    return [first, *(put(box, reply(n, lines), minutes=n) for n, lines in enumerate(lengths, 1))]


def line_of(page: Page, ref: MessageRef) -> str:
    return f'.conv li[data-ref$="/{ref.uid}"]'


def whole_texts(page: Page) -> list[bool]:
    """Whether each unfolded text shows whole, without a scrollbar of its own."""
    frames = page.locator("#reader iframe.measured")
    return [
        frame.content_frame.locator("html").evaluate("page => page.scrollHeight <= page.clientHeight + 1")
        for frame in frames.all()
    ]


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (390, 844)])
def test_a_line_opens_its_message_under_it_and_the_open_ones_stay(
    page: Page, box: MemoryMailbox, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    first, second, third = put_conversation(box, 80, 3)
    page.goto(address(first))
    for ref in (second, third):
        page.locator(line_of(page, ref)).get_by_role("link").first.press("Enter")
        text = page.locator(line_of(page, ref)).frame_locator("iframe")
        expect(text.get_by_text(f"ligne 2 du courriel {2 if ref is third else 1}")).to_be_attached()
    expect(page.locator("#reader iframe")).to_have_count(3)
    assert page.url.endswith(address(first))  # one stays where one was
    page.wait_for_function(
        """() => { const frames = [...document.querySelectorAll('#reader iframe.measured')];
          return frames.length === 3 && frames.every((frame) => frame.style.height); }"""
    )
    assert whole_texts(page) == [True, True, True]
    tall = page.locator(f"{line_of(page, second)} iframe").bounding_box()
    short = page.locator(f"{line_of(page, third)} iframe").bounding_box()
    assert tall
    assert short
    assert tall["height"] > 80 * 15
    assert short["height"] < 260
    parts = page.evaluate(
        """() => [...document.querySelectorAll(
            '#reader .who, #reader iframe, #reader .conv a.open[aria-expanded=false]')]
          .map((part) => part.getBoundingClientRect()).map(({ top, bottom }) => ({ top, bottom }))
          .sort((one, other) => one.top - other.top)"""
    )
    for above, below in pairwise(parts):
        assert above["bottom"] <= below["top"] + 0.5, (above, below)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_second_press_folds_and_an_unfolded_message_is_read(page: Page, box: MemoryMailbox) -> None:
    first, second = put_conversation(box, 3)
    page.goto(address(first))
    item = page.locator(line_of(page, second))
    line = item.get_by_role("link").first
    expect(line).to_have_attribute("aria-expanded", "false")
    with page.expect_response("**/actes/read/"):
        line.click()
    expect(line).to_have_attribute("aria-expanded", "true")
    expect(item.get_by_role("button", name="Répondre", exact=True)).to_be_visible()
    assert Flag.SEEN in box.open(second).flags
    line.click()
    expect(item.locator("iframe")).to_have_count(0)
    expect(line).to_have_attribute("aria-expanded", "false")


@pytest.mark.parametrize("width", [1280, 390])
def test_an_unfolded_message_says_its_sender_once(page: Page, box: MemoryMailbox, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    first, second = put_conversation(box, 3)
    page.goto(address(first))
    item = page.locator(line_of(page, second))
    item.get_by_role("link").first.click()
    expect(item.locator(".from b")).to_be_visible()
    expect(item.locator("iframe")).to_be_visible()
    seen = item.evaluate(
        """item => [...item.querySelectorAll(".names, .snippet, .from b, .av")]
          .filter((part) => part.getBoundingClientRect().width > 1).map((part) => part.className)"""
    )
    assert len(seen) == 2, seen  # the picture and the name of the header
    fold = item.get_by_role("link").first.bounding_box()
    name = item.locator(".from b").bounding_box()
    assert fold
    assert name
    assert name["x"] + name["width"] <= fold["x"]
    assert fold["height"] >= 32
    item.get_by_role("link").first.click()
    expect(item.locator(".names")).to_be_visible()


def test_all_unfold_at_once_by_button_or_key_and_fold_again(page: Page, box: MemoryMailbox) -> None:
    refs = put_conversation(box, *[2] * 6)
    page.goto(address(refs[3]))
    page.get_by_role("button", name="Tout déplier").press("Enter")
    expect(page.locator(".conv .unfolded")).to_have_count(6)
    page.get_by_role("button", name="Tout replier").wait_for()
    page.locator("#message-subject").focus()
    page.keyboard.press(";")
    expect(page.locator(".conv .unfolded")).to_have_count(0)
    page.keyboard.press(";")
    expect(page.locator(".conv .unfolded")).to_have_count(6)


def test_unfolding_all_is_stopped_by_the_same_button_before_it_ends(page: Page, box: MemoryMailbox) -> None:
    refs = put_conversation(box, *[2] * 6)
    page.goto(address(refs[6]))
    page.get_by_role("button", name="Tout déplier").wait_for()
    waiting: list[Route] = []
    page.route(re.compile(rf"/{refs[1].uid}/(\?|$)"), lambda route: waiting.append(route))
    page.get_by_role("button", name="Tout déplier").press("Enter")
    expect(page.locator(".conv .unfolded")).to_have_count(1)
    page.get_by_role("button", name="Tout replier").press("Enter")
    expect(page.locator(".conv .unfolded")).to_have_count(0)
    page.get_by_role("button", name="Tout déplier").wait_for()
    with page.expect_response(lambda answer: answer.url == waiting[0].request.url):
        waiting[0].continue_()
    page.wait_for_function("!document.querySelector('.conv [aria-busy]')")
    expect(page.locator(".conv .unfolded")).to_have_count(0)


def test_the_subject_stands_above_the_whole_conversation(page: Page, box: MemoryMailbox) -> None:
    refs = put_conversation(box, *[2] * 6)
    page.goto(address(refs[5]))
    page.get_by_role("button", name="Tout déplier").press("Enter")
    expect(page.locator(".conv .unfolded")).to_have_count(6)
    subject = page.locator("#message-subject").bounding_box()
    tools = page.get_by_role("button", name="Tout replier").bounding_box()
    assert subject
    assert tools
    assert subject["y"] + subject["height"] <= tools["y"]


def test_one_answers_the_unfolded_message_and_not_the_open_one(page: Page, box: MemoryMailbox) -> None:
    first, second = put_conversation(box, 3)
    page.goto(address(first))
    item = page.locator(line_of(page, second))
    item.get_by_role("link").first.click()
    with page.expect_request(
        lambda asked: asked.method == "POST" and "uid=" in (asked.post_data or "")
    ) as asked:
        item.get_by_role("button", name="Répondre", exact=True).click()
    assert f"&uid={second.uid}" in (asked.value.post_data or "")


def test_the_next_message_opened_has_its_text_across_the_pane_again(page: Page, box: MemoryMailbox) -> None:
    first, second = put_conversation(box, 3)
    put(box, letter("Autre sujet", Message_ID="<9@x>"), minutes=9)
    page.goto(address(first))
    page.locator(line_of(page, second)).get_by_role("link").first.click()
    expect(page.locator("#reader iframe.measured")).to_have_count(2)
    page.get_by_role("region", name="Messages").get_by_text("Autre sujet").first.click()
    page.get_by_role("heading", name="Autre sujet").wait_for()
    frame = page.locator("#reader iframe.body")
    expect(page.locator("#reader iframe")).to_have_count(1)
    expect(frame).to_have_attribute("sandbox", "allow-popups allow-popups-to-escape-sandbox")
    expect(frame).not_to_have_class(re.compile("measured"))


def test_a_text_as_tall_as_its_frame_does_not_grow_for_ever(page: Page, box: MemoryMailbox) -> None:
    first, second = put_conversation(box, 3)
    page.goto(address(first))
    page.locator(line_of(page, second)).get_by_role("link").first.click()
    frame = page.locator(f"{line_of(page, second)} iframe")
    page.wait_for_function("frame => frame.style.height", arg=frame.element_handle())
    heights = page.evaluate(
        """async (frame) => {
          const told = (height) => window.dispatchEvent(new MessageEvent("message", {
            data: height, origin: "null", source: frame.contentWindow }));
          for (let height = 500; height < 900; height += 1) told(height);
          const last = frame.style.height;
          told(NaN); told("700"); told({ height: 3 });
          return [last, frame.style.height];
        }""",
        frame.element_handle(),
    )
    assert heights[0] == heights[1]
    assert int(heights[0].removesuffix("px")) < 710


def test_an_answer_stands_under_the_unfolded_message_and_outlives_its_folding(
    page: Page, box: MemoryMailbox
) -> None:
    # by keys: a press right after a scroll may reach the frame of a text instead
    first, second, _ = put_conversation(box, 3, 3)
    page.goto(address(first))
    item = page.locator(line_of(page, second))
    line = item.get_by_role("link").first
    line.press("Enter")
    item.get_by_role("button", name="Répondre", exact=True).press("Enter")
    answer = page.locator(".composer-box")
    text = page.frame_locator(".composer-box iframe").get_by_role("textbox", name="Message")
    text.wait_for()
    expect(text).to_be_focused()
    expect(item.locator(".unfolded > .composer-box")).to_be_visible()
    text.press_sequentially("Je viens.")
    put(box, reply(9, 2), minutes=9)  # the conversation is drawn again around it
    page.get_by_role("button", name="Actualiser").click()
    expect(text).to_contain_text("Je viens.")
    line.press("Enter")
    expect(answer).to_have_class("composer-box small")
    line.press("Enter")
    expect(item.locator(".unfolded > .composer-box")).to_be_visible()
    expect(text).to_contain_text("Je viens.")


def test_an_unfolded_message_is_reported_under_its_own_name(page: Page, box: MemoryMailbox) -> None:
    first, second = put_conversation(box, 3)
    page.goto(address(first))
    item = page.locator(line_of(page, second))
    item.get_by_role("link").first.press("Enter")
    item.get_by_role("button", name="Signaler").press("Enter")
    dialog = page.get_by_role("dialog", name="Signaler ce courriel")
    with page.expect_request("**/signaler/") as asked:
        dialog.get_by_role("button", name="Indésirable").click()
    assert asked.value.url.endswith(address(second, "signaler/"))
    expect(item).to_have_count(0)
    expect(page.locator("#message-subject")).to_have_text("Conseil")
    assert [row.summary.subject for row in box.page("Junk", 0, 9).rows] == ["Re: Conseil"]


def test_ones_own_letter_is_not_reported(page: Page, box: MemoryMailbox) -> None:
    first = put_conversation(box)[0]
    own = put(box, reply(1, 1), folder="Sent")
    page.goto(address(first))
    item = page.locator(line_of(page, own))
    item.get_by_role("link").first.press("Enter")
    expect(item.get_by_role("button", name="Transférer")).to_be_visible()
    expect(item.get_by_role("button", name="Signaler")).to_have_count(0)
    page.goto(address(own))
    tools = page.get_by_role("group", name="Actions sur le courriel")
    expect(tools.get_by_role("button", name="Transférer")).to_be_enabled()
    expect(tools.get_by_role("button", name="Signaler")).to_have_count(0)


def test_one_leaves_the_list_of_an_unfolded_message(page: Page, box: MemoryMailbox) -> None:
    first = put_conversation(box)[0]
    threaded = letter(
        "Re: Conseil", "fin", Message_ID="<1@x>", In_Reply_To="<0@x>", References="<a@x> <0@x>",
        List_Unsubscribe="<mailto:quitter@liste.example>",
    )  # fmt: skip
    second = put(box, threaded, minutes=1)
    page.goto(address(first))
    item = page.locator(line_of(page, second))
    item.get_by_role("link").first.press("Enter")
    item.get_by_role("button", name="Se désabonner").press("Enter")
    dialog = page.get_by_role("dialog", name="Se désabonner ?")
    with page.expect_request("**/desabonner/") as asked:
        dialog.get_by_role("button", name="Se désabonner").click()
    assert asked.value.url.endswith(address(second, "desabonner/"))


def test_words_looked_for_are_marked_in_an_unfolded_message(page: Page, box: MemoryMailbox) -> None:
    _, second = put_conversation(box, 3)
    page.goto("/messagerie/?q=Conseil&partout=1")
    page.locator("#messages a.open", has_text="Conseil").last.click()
    item = page.locator(line_of(page, second))
    item.get_by_role("link").first.press("Enter")
    expect(item.locator("iframe")).to_have_attribute("src", re.compile("mot=Conseil"))


def test_a_draft_in_a_conversation_is_called_so_and_opens_where_it_is_written(
    page: Page, box: MemoryMailbox
) -> None:
    first = put(box, letter("Conseil", "Bonjour", Message_ID="<0@x>", References="<a@x>"))
    draft = put(box, reply(1, 3), folder="Drafts", flags=("\\Draft",), minutes=1)
    page.goto(address(first))
    page.evaluate("window.addEventListener('vm:compose', event => { window.asked = event.detail })")
    line = page.locator(line_of(page, draft)).get_by_role("link")
    expect(line).to_contain_text("Brouillon")
    line.click()
    page.wait_for_function("() => window.asked")
    assert page.evaluate("[window.asked.mode, window.asked.ref.folder, window.asked.ref.uid]") == [
        "draft", "Drafts", draft.uid,
    ]  # fmt: skip
    expect(page.locator("#reader iframe.body")).to_have_count(1)  # not unfolded as if it had been sent


def test_the_page_of_a_draft_offers_to_go_on_writing_it(page: Page, box: MemoryMailbox) -> None:
    draft = put(box, letter("Conseil", "Bonjour"), folder="Drafts", flags=("\\Draft",))
    page.goto(address(draft))
    tools = page.get_by_role("group", name="Actions sur le courriel")
    expect(tools.get_by_role("button", name="Reprendre le brouillon")).to_be_enabled()
    for name in ("Répondre", "Transférer", "Signaler"):
        expect(tools.get_by_role("button", name=name)).to_have_count(0)


def test_an_answer_that_has_left_joins_its_conversation(page: Page, box: MemoryMailbox) -> None:
    ref = put(box, letter("Conseil", "Bonjour", Message_ID="<0@x>"))
    page.goto(address(ref))
    page.wait_for_function("() => document.querySelector('mail-app').news")
    own = put(box, reply(1, 2), folder="Sent")
    change = "detail => window.dispatchEvent(new CustomEvent('vm:mail-changed', { detail }))"
    page.evaluate(change, {"folders": ["sent"], "hasLeft": True})
    expect(page.locator(f"{line_of(page, own)} a.open")).to_be_visible()
