"""From one message to the next: the frame of the text stays, and no header goes with another's text."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request, Route, expect
from tests.engines.samples import letter
from tests.mailbox.webmail.conftest import address, put

from vaguemestre.engines.memory.mailbox import MemoryMailbox, MemoryMailboxes
from vaguemestre.post.mailstore.values import MessageRef

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TWICE_DRAWN = "new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))"


@pytest.fixture
def box(boxes: MemoryMailboxes, transactional_db: None) -> MemoryMailbox:
    return boxes.box("nmorel@ac-amiens.test")


@pytest.fixture
def three(box: MemoryMailbox) -> list[MessageRef]:
    return [put(box, letter(f"Numéro {n}", f"texte {n}\n"), minutes=n) for n in range(3)]


# A busy machine may take longer than a text may keep its header waiting (150 ms); another frame is then made.
PATIENT = """
const real = window.setTimeout;
window.setTimeout = (act, delay, ...rest) => real(act, delay === 150 ? 12_000 : delay, ...rest);
"""


@pytest.fixture
def patient_page(page: Page) -> Page:
    """A window in which a text is always there in time."""
    page.add_init_script(PATIENT)
    return page


def press(page: Page, number: int) -> None:
    page.locator("#messages a.open", has_text=f"Numéro {number}").click()


def shows(page: Page, number: int) -> None:
    """Waits for the header; its text must be there already."""
    expect(page.locator("#message-subject")).to_have_text(f"Numéro {number}")
    assert text_of(page) == f"texte {number}"
    expect(page.locator("#messages a.open[aria-current]")).to_contain_text(f"Numéro {number}")


def text_of(page: Page) -> str:
    return page.frame_locator("#reader iframe.body").locator("body").inner_text().strip()


def steps_of(page: Page) -> list[str]:
    """The history as the browser keeps it: `history.length` of a page lags behind."""
    history = page.context.new_cdp_session(page).send("Page.getNavigationHistory")
    return [urlsplit(entry["url"]).path for entry in history["entries"]]


def mark(page: Page) -> None:
    """The frame that is there, to know it again."""
    page.locator("#reader iframe.body").evaluate("frame => { frame.isMarked = true }")


def is_marked(page: Page) -> bool:
    return bool(page.locator("#reader iframe.body").evaluate("frame => frame.isMarked"))


def hold(page: Page, ref: MessageRef, what: str = "corps/") -> Callable[[], None]:
    """Keeps back what is asked of a message; gives what lets the last of it go, others being given up."""
    held: list[Route] = []
    page.route(f"**{address(ref)}{what}", lambda route: held.append(route))
    return lambda: held[-1].continue_()


def test_the_frame_stays_and_each_message_is_one_step_of_the_history(
    patient_page: Page, three: list[MessageRef]
) -> None:
    page = patient_page
    page.goto("/messagerie/")
    press(page, 0)
    shows(page, 0)
    page.wait_for_url(f"**{address(three[0])}")  # the step is taken once the pane is there
    mark(page)
    before = steps_of(page)
    for number in (1, 2):
        press(page, number)
        shows(page, number)
        assert is_marked(page)
    page.wait_for_url(f"**{address(three[2])}")
    assert steps_of(page) == [*before, *(address(ref) for ref in three[1:])]
    for number in (1, 0):
        page.go_back()
        shows(page, number)
    page.go_back()
    page.get_by_text("Choisissez un courriel").wait_for()
    for number in (0, 1):
        page.go_forward()
        shows(page, number)


def test_an_empty_frame_waits_for_the_first_message(patient_page: Page, three: list[MessageRef]) -> None:
    page = patient_page
    page.goto("/messagerie/")
    for number in (0, 1):
        page.frame_locator("#reader .ready iframe").locator("html").wait_for(state="attached")
        page.evaluate(TWICE_DRAWN)
        mark(page)
        assert page.get_by_title("Texte du courriel").and_(page.locator("[inert] *")).count() == 1
        press(page, number)
        shows(page, number)
        assert is_marked(page)
        expect(page.locator("#reader [inert]")).to_have_count(0)
        page.keyboard.press("Escape")
        page.get_by_text("Choisissez un courriel").wait_for()


def test_the_empty_frame_is_given_no_text_to_ask_for(page: Page, three: list[MessageRef]) -> None:
    page.goto("/messagerie/")
    page.frame_locator("#reader .ready iframe").locator("html").wait_for(state="attached")
    with page.expect_response("**/choix/"):
        page.locator('[name="plain_face"][value="fixe"]').evaluate("choice => choice.click()")
    page.evaluate(TWICE_DRAWN)
    assert page.locator("#reader iframe.body").get_attribute("src") is None


def test_steps_back_hide_the_text_until_its_header_is_there(
    patient_page: Page, three: list[MessageRef]
) -> None:
    page = patient_page
    page.goto("/messagerie/")
    for number in (0, 1, 2):
        press(page, number)
        shows(page, number)
    let_go = hold(page, three[0], "")
    with page.expect_response(f"**{address(three[1])}corps/"):  # asked by the browser
        page.evaluate("history.go(-2)")
    expect(page.locator("#reader iframe.body")).to_be_hidden()
    let_go()
    shows(page, 0)
    expect(page.locator("#reader iframe.body")).to_be_visible()


def test_a_message_opened_amid_steps_back_is_seen(patient_page: Page, three: list[MessageRef]) -> None:
    page = patient_page
    page.goto("/messagerie/")
    for number in (0, 1, 2):
        press(page, number)
        shows(page, number)
    hold(page, three[0], "")
    with page.expect_response(f"**{address(three[1])}corps/"):
        page.evaluate("history.go(-2)")
    page.evaluate(TWICE_DRAWN)
    press(page, 2)
    # the header is there all along: the steps back have changed the text alone
    expect(page.frame_locator("#reader iframe.body").locator("body")).to_have_text("texte 2")
    shows(page, 2)
    expect(page.locator("#reader iframe.body")).to_be_visible()


def test_a_step_back_overtaken_by_another_leaves_it_its_text(
    patient_page: Page, three: list[MessageRef]
) -> None:
    page = patient_page
    page.goto("/messagerie/")
    for number in (0, 1, 2):
        press(page, number)
        shows(page, number)
    let_go = hold(page, three[1], "")
    with page.expect_request(f"**{address(three[1])}"):
        page.evaluate("history.back()")
    page.go_back()
    shows(page, 0)
    with page.expect_response(f"**{address(three[1])}") as late:
        let_go()
    late.value.finished()
    for _ in range(3):
        page.evaluate(TWICE_DRAWN)
    shows(page, 0)
    expect(page.locator("#reader iframe.body")).to_be_visible()


def test_a_folder_late_to_come_does_not_close_the_message_opened_since(
    page: Page, three: list[MessageRef]
) -> None:
    page.goto("/messagerie/")
    bin_ = page.locator("#folders").get_by_role("link", name="Corbeille")
    place = f"**{bin_.get_attribute('href')}"
    held: list[Route] = []
    page.route(place, lambda route: held.append(route))
    with page.expect_request(place):
        bin_.click()
    press(page, 1)
    shows(page, 1)
    with page.expect_response(place) as late:
        held[0].continue_()
    late.value.finished()
    for _ in range(3):
        page.evaluate(TWICE_DRAWN)
    shows(page, 1)
    assert page.url.endswith(address(three[1]))


def test_a_header_waits_for_its_text(page: Page, three: list[MessageRef]) -> None:
    page.add_init_script(PATIENT)
    page.goto("/messagerie/")
    press(page, 0)
    shows(page, 0)
    let_go = hold(page, three[1])
    with page.expect_response(f"**{address(three[1])}") as asked:
        press(page, 1)
    asked.value.finished()
    page.evaluate(TWICE_DRAWN)
    assert page.locator("#message-subject").inner_text() == "Numéro 0"
    let_go()
    shows(page, 1)


def test_a_text_late_to_come_does_not_keep_its_header_back(page: Page, three: list[MessageRef]) -> None:
    page.goto("/messagerie/")
    press(page, 0)
    shows(page, 0)
    let_go = hold(page, three[1])
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    press(page, 1)
    page.get_by_role("heading", name="Numéro 1").wait_for()
    expect(page.locator("#reader iframe.body")).to_be_hidden()  # there the text before still stands
    let_go()
    expect(page.frame_locator("#reader iframe.body").locator("body")).to_have_text("texte 1")
    expect(page.locator("#reader iframe.body")).to_be_visible()
    reader = page.query_selector("#reader iframe.body")
    assert reader
    # what is loaded unseen to know its height is not waited for
    shown = [request for request in asked if request.frame == reader.content_frame()]
    assert [request.url.partition("/corps/")[1] for request in shown] == ["/corps/"], "not read twice"


def test_a_message_refused_leaves_the_one_before_whole(page: Page, three: list[MessageRef]) -> None:
    page.goto("/messagerie/")
    press(page, 0)
    shows(page, 0)
    held: list[Route] = []
    page.route(f"**{address(three[1])}", lambda route: held.append(route))
    with page.expect_response(f"**{address(three[1])}corps/"):  # the text is there before the refusal
        press(page, 1)
    held[0].fulfill(status=404)
    page.get_by_text("n’a pas pu le faire").wait_for()
    expect(page.frame_locator("#reader iframe.body").locator("body")).to_have_text("texte 0")
    shows(page, 0)
    assert page.url.endswith(address(three[0]))


def test_the_last_message_asked_for_is_the_one_shown(page: Page, three: list[MessageRef]) -> None:
    page.goto("/messagerie/")
    press(page, 0)
    shows(page, 0)
    hold(page, three[1])
    press(page, 1)
    press(page, 2)
    shows(page, 2)
    assert page.url.endswith(address(three[2]))


def test_a_key_typed_before_a_message_is_there_is_meant_for_it(
    page: Page, box: MemoryMailbox, three: list[MessageRef]
) -> None:
    page.goto("/messagerie/")
    press(page, 0)
    shows(page, 0)
    let_go = hold(page, three[1], "")
    press(page, 1)
    page.keyboard.press("#")
    page.get_by_text("Courriel mis à la corbeille.").wait_for()
    expect(page.locator("#messages li.row .subject-line > .clip")).to_have_text(["Numéro 2", "Numéro 0"])
    let_go()


def test_pages_come_back_to_have_the_text_of_their_own_message(page: Page, three: list[MessageRef]) -> None:
    page.goto(address(three[0]))
    shows(page, 0)
    page.evaluate(TWICE_DRAWN)
    press(page, 1)
    shows(page, 1)
    page.goto("/contacts/")
    page.evaluate("history.go(-2)")
    page.wait_for_url(re.compile(re.escape(address(three[0])) + "$"))
    expect(page.locator("#message-subject")).to_have_text("Numéro 0")
    expect(page.frame_locator("#reader iframe.body").locator("body")).to_have_text("texte 0")


def test_a_message_is_shown_from_its_top(page: Page, box: MemoryMailbox, three: list[MessageRef]) -> None:
    page.set_viewport_size({"width": 1000, "height": 330})  # as at 200 %
    page.goto("/messagerie/")
    press(page, 2)
    shows(page, 2)
    page.locator("#reader").evaluate("pane => { pane.scrollTop = 120 }")
    page.evaluate(TWICE_DRAWN)
    assert page.locator("#reader").evaluate("pane => pane.scrollTop") > 0
    press(page, 1)
    shows(page, 1)
    assert page.locator("#reader").evaluate("pane => pane.scrollTop") == 0


def is_as_tall_as_its_text(page: Page) -> None:
    """The frame, whatever text or width it had before."""
    frame = page.locator("#reader iframe.body")
    inside = frame.content_frame.locator("html")
    for _ in range(200):
        if frame.evaluate("(frame) => frame.offsetHeight") == inside.evaluate("(html) => html.offsetHeight"):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"{frame.evaluate('(frame) => frame.offsetHeight')} pixels for another height of text")


def test_a_letter_after_a_longer_one_leaves_no_blank_below_it(page: Page, box: MemoryMailbox) -> None:
    long = put(box, letter("Longue", "une ligne de plus\n" * 60), minutes=1)
    put(box, letter("Moyenne", "une ligne\n" * 12), minutes=2)
    page.goto(address(long))
    is_as_tall_as_its_text(page)
    page.locator("#messages a.open", has_text="Moyenne").click()
    expect(page.locator("#message-subject")).to_have_text("Moyenne")
    is_as_tall_as_its_text(page)
    page.go_back()
    expect(page.locator("#message-subject")).to_have_text("Longue")
    is_as_tall_as_its_text(page)


def test_a_letter_is_never_read_through_a_window_on_a_phone(page: Page, box: MemoryMailbox) -> None:
    """The pane is not there yet when the text is asked for: it had no width."""
    page.set_viewport_size({"width": 390, "height": 844})
    for name in ("Paris", "Lyon"):
        put(box, letter(name, "assez de mots pour aller à la ligne au moins une fois\n" * 12))
    page.goto("/messagerie/")
    for name in ("Paris", "Lyon", "Paris"):
        page.locator("#messages a.open", has_text=name).click()
        expect(page.locator("#message-subject")).to_have_text(name)
        is_as_tall_as_its_text(page)
        page.get_by_role("button", name="Retour à la liste").click()


def test_a_letter_follows_the_width_of_its_pane(page: Page, box: MemoryMailbox) -> None:
    page.goto(address(put(box, letter("Une", "assez de mots pour aller à la ligne au moins une fois " * 20))))
    is_as_tall_as_its_text(page)
    for width in (1000, 390, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        is_as_tall_as_its_text(page)


def test_a_letter_opened_again_is_not_loaded_twice(page: Page, box: MemoryMailbox) -> None:
    """Its height is known at that width: the unseen text is asked for once."""
    for name in ("Paris", "Lyon"):
        put(box, letter(name, f"{name}\n" * 12))
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto("/messagerie/")
    for name in ("Paris", "Lyon", "Paris", "Lyon"):
        page.locator("#messages a.open", has_text=name).click()
        expect(page.locator("#message-subject")).to_have_text(name)
        expect(page.locator("#reader iframe.body.fitted")).to_be_visible()
        is_as_tall_as_its_text(page)
    asked = [url for url in requests if "/corps/" in url]
    assert sorted(asked.count(url) for url in {*asked}) == [3, 3], "read twice, measured once"
