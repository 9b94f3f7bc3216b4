"""The reading pane: nothing is drawn over the text, at any size of window."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from io import BytesIO
from itertools import pairwise

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect
from tests.corpus.files import calendar
from tests.engines.live import wait_until
from tests.engines.samples import letter
from tests.mailbox.webmail.conftest import address, put

from vaguemestre.engines.memory.mailbox import MemoryMailbox, MemoryMailboxes
from vaguemestre.post.mailstore.values import MessageRef

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RECTANGLES = """() => [...document.querySelectorAll(`#reader .who, #reader .card-place, #reader .att-box,
  #reader iframe.body, #reader .conv`)].map((part) => {
    const { top, bottom } = part.getBoundingClientRect();
    return { part: part.className.replace(/ (kept|fitted)/g, ""), top, bottom };
  })"""


@pytest.fixture
def box(boxes: MemoryMailboxes, transactional_db: None) -> MemoryMailbox:
    return boxes.box("nmorel@ac-amiens.test")


def invitation_with_file() -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "ines.roy@dehors.example", "Réunion d’équipe"
    message["Message-ID"], message["In-Reply-To"], message["References"] = "<0@x>", "<a@x>", "<a@x>"
    message.set_content("Bonjour,\n\nla réunion prépare le conseil.\n\nBien cordialement\n")
    message.add_alternative(calendar("REQUEST").decode(), subtype="calendar", params={"method": "REQUEST"})
    message.add_attachment(b"%PDF-1.7", "application", "pdf", filename="ordre du jour.pdf")
    return message.as_bytes(policy=policy.SMTP)


def put_conversation(box: MemoryMailbox, replies: int) -> MessageRef:
    put(box, letter("Réunion d’équipe", Message_ID="<a@x>"), minutes=-1)
    invited = put(box, invitation_with_file())
    for number in range(1, replies + 1):
        put(
            box,
            letter(
                "Re: Réunion d’équipe",
                Message_ID=f"<{number}@x>",
                In_Reply_To="<0@x>",
                References="<a@x> <0@x>",
            ),
            minutes=number,
        )
    return invited


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1280, 720), (820, 1180), (390, 844)])
def test_the_strip_of_a_conversation_never_covers_the_text(
    page: Page, box: MemoryMailbox, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.goto(address(put_conversation(box, 12)))
    page.get_by_role("list", name="Courriels suivants de la conversation").wait_for()
    page.locator(".card-place h3").wait_for()
    # By the keyboard: Chromium still sends a click right after a scroll to the frame of the text.
    page.get_by_role("button", name="9 autres après").press("Enter")
    parts = page.evaluate(RECTANGLES)
    assert [part["part"] for part in parts][-2:] == ["body", "conv below"]
    for above, below in pairwise(parts):
        assert above["bottom"] <= below["top"] + 0.5, (above, below)
    text = page.frame_locator("#reader iframe.body").locator("html")
    expect(text).to_contain_text("Bien cordialement")
    # its frame is as tall as the text where browsers know how, else no less than 260 px
    assert text.evaluate("(page) => innerHeight >= Math.min(260, page.scrollHeight)")
    last = page.locator(".conv.below a").last
    last.scroll_into_view_if_needed()
    expect(last).to_be_in_viewport()


def test_an_unfolded_strip_stays_so_when_news_of_its_conversation_come(
    page: Page, box: MemoryMailbox
) -> None:
    page.goto(address(put_conversation(box, 12)))
    below = page.locator(".conv.below")
    below.get_by_role("link").first.wait_for()
    held: list[Route] = []
    page.route("**/conversation/", lambda route: held.append(route))
    below.get_by_role("link").first.press("Enter")
    with page.expect_request("**/conversation/"):
        # the others are known: drawn at once, then asked for again
        below.get_by_role("link", name="Ouvrir seul").press("Enter")
    below.get_by_role("button", name="8 autres après").press("Enter")
    expect(below.get_by_role("link")).to_have_count(11)
    first_draw = below.element_handle()
    with page.expect_response("**/conversation/"):
        held[0].continue_()
    page.wait_for_function("old => !old.isConnected", arg=first_draw)
    expect(below.get_by_role("link")).to_have_count(11)
    expect(below.get_by_role("button")).to_have_count(0)


def table_letter() -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "ines.roy@dehors.example", "Tableau de service"
    columns = "".join(f"<td>Semaine{number}</td>" for number in range(24))
    row = f'<tr><td style="width: 12px">Professeurs</td>{columns}</tr>'
    message.set_content(f'<table width="1400" border="1">{row * 3}</table>', subtype="html")
    return message.as_bytes(policy=policy.SMTP)


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_a_wide_table_keeps_its_words_and_scrolls_in_its_frame(
    page: Page, box: MemoryMailbox, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.goto(address(put(box, table_letter())))
    body = page.frame_locator("#reader iframe.body")
    lines = body.locator("td").evaluate_all(
        """(cells) => cells.map((cell) => {
            const range = document.createRange();
            range.selectNodeContents(cell);
            return range.getClientRects().length;
        })"""
    )
    assert set(lines) == {1}
    assert body.locator("html").evaluate("page => page.scrollWidth > page.clientWidth")
    body.locator("html").evaluate("page => page.scrollTo(100000, 0)")
    expect(body.locator("td").last).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


FAMILIES = """(element) => getComputedStyle(element).fontFamily.split(",").map((name) => name.trim())"""


def test_one_reads_in_the_face_one_writes_in_and_it_is_there(page: Page, box: MemoryMailbox) -> None:
    page.goto(address(put(box)))
    body = page.frame_locator("#reader iframe.body").locator("body")
    read = body.evaluate(FAMILIES)
    page.get_by_role("button", name="Répondre", exact=True).click()
    written = page.frame_locator(".composer-box iframe").get_by_role("textbox", name="Message")
    assert written.evaluate(FAMILIES) == read
    faces = body.evaluate("() => [...document.fonts].map((face) => face.family)")
    assert set(read) - {"system-ui", "sans-serif"} <= set(faces)


def test_nothing_of_the_side_column_moves_under_the_mouse(page: Page, box: MemoryMailbox) -> None:
    for number in range(12):
        put(box, subject=f"Numéro {number}", minutes=number)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto("/messagerie/")
    where = """() => [...document.querySelectorAll("#folders, #folders :is(.folder-link, .clip, .count)")]
      .map((part) => JSON.stringify(part.getBoundingClientRect()))"""
    column = page.locator("#folders")
    still = page.evaluate(where)
    entry = column.get_by_role("link", name="Boîte de réception")
    entry.hover()
    menu = column.get_by_role("button", name="Actions sur Boîte de réception")
    expect(menu).to_have_css("opacity", "1")
    assert page.evaluate(where) == still
    assert column.evaluate("column => column.scrollWidth <= column.clientWidth")
    page.mouse.move(900, 500)
    entry.focus()
    assert page.evaluate(where) == still
    assert column.evaluate("column => column.scrollWidth <= column.clientWidth")


@pytest.mark.parametrize("width", [1440, 820])
def test_files_shared_mailboxes_and_help_are_within_reach(page: Page, box: MemoryMailbox, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/messagerie/")
    if width < 1080:
        page.get_by_role("button", name="Dossiers").click()
    column = page.get_by_role("navigation", name="Dossiers")
    for name in ("Pièces jointes", "Boîtes partagées", "Aide"):
        expect(column.get_by_role("link", name=name)).to_be_visible()
    expect(column.get_by_role("link", name="Applications")).to_be_hidden()  # in the bar at the top


def test_the_tools_of_a_message_stay_in_sight_and_their_menu_is_one_line_each(
    page: Page, box: MemoryMailbox
) -> None:
    page.goto(address(put(box)))
    page.get_by_role("heading", name="Sortie au Marquenterre").wait_for()
    menu = page.locator("#reader .tools summary")
    for width in (701, 760, 820, 900, 1080, 1280, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        expect(menu).to_be_in_viewport(ratio=1)
    menu.click()
    heights = page.locator("#reader .tools .menu-list :is(a, button):visible").evaluate_all(
        "(entries) => entries.map((entry) => Math.round(entry.getBoundingClientRect().height))"
    )
    assert len(set(heights)) == 1, heights


def test_a_message_to_print_opens_the_dialog_and_has_margins_on_screen_only(
    page: Page, box: MemoryMailbox
) -> None:
    page.add_init_script("window.dialogs = []; window.print = () => window.dialogs.push(location.pathname)")
    asked = address(put(box), "imprimer/")
    page.goto(asked)
    margin = "() => document.querySelector('h1').getBoundingClientRect().left"
    note = page.get_by_text("La fenêtre d’impression s’ouvre d’elle-même")
    expect(note).to_be_visible()
    assert page.evaluate("window.dialogs") == [asked]
    assert page.evaluate("window.origin") == "null"
    assert page.evaluate(margin) >= 24
    page.emulate_media(media="print")
    expect(note).to_be_hidden()
    assert page.evaluate(margin) < 24


def pictures_letter() -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "ines.roy@dehors.example", "Photographies"
    message.set_content("Bonjour")
    for name, colour in (("un.png", "red"), ("deux.png", "blue")):
        data = BytesIO()
        Image.new("RGB", (300, 200), colour).save(data, "PNG")
        message.add_attachment(data.getvalue(), "image", "png", filename=name)
    return message.as_bytes(policy=policy.SMTP)


def test_pictures_are_seen_small_then_one_after_the_other_and_larger(page: Page, box: MemoryMailbox) -> None:
    page.goto(address(put(box, pictures_letter())))
    thumbs = page.locator(".att img.thumb")
    expect(thumbs).to_have_count(2)
    page.wait_for_function("[...document.querySelectorAll('.thumb')].every((image) => image.naturalWidth)")
    with page.expect_response("**/on_use/preview*.js"):  # the page comes without it
        page.get_by_role("link", name="Aperçu de un.png").click()
    dialog = page.get_by_role("dialog", name="un.png")
    expect(dialog.get_by_role("status").filter(has_text="sur 2")).to_have_text("1 sur 2")
    image = dialog.locator(".look-at img")
    fitted = image.bounding_box()
    page.keyboard.press("+")
    larger = image.bounding_box()
    assert fitted
    assert larger
    assert larger["width"] > fitted["width"]
    page.keyboard.press("ArrowRight")
    following = page.get_by_role("dialog", name="deux.png")
    expect(following.get_by_role("status").filter(has_text="sur 2")).to_have_text("2 sur 2")
    expect(following.get_by_role("button", name="Fichier suivant")).to_be_disabled()
    following.get_by_role("button", name="Fichier précédent").click()
    dialog.wait_for()


def test_a_step_back_closes_the_preview_of_the_message_one_leaves(page: Page, box: MemoryMailbox) -> None:
    ref = put(box, pictures_letter())
    page.goto("/messagerie/")
    page.locator("#messages a.open").click()
    page.get_by_role("link", name="Aperçu de un.png").click()
    page.wait_for_url(f"**{address(ref)}")
    dialog = page.get_by_role("dialog", name="un.png")
    expect(dialog.locator(".look-at img")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("Choisissez un courriel")).to_be_visible()
    expect(dialog).to_be_hidden()


def pages_letter() -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "ines.roy@dehors.example", "Règlement"
    message.set_content("Bonjour")
    pages = [Image.new("RGB", (600, 800), "white") for _ in range(4)]
    data = BytesIO()
    pages[0].save(data, "PDF", save_all=True, append_images=pages[1:])
    message.add_attachment(data.getvalue(), "application", "pdf", filename="reglement.pdf")
    return message.as_bytes(policy=policy.SMTP)


def test_the_pages_of_a_document_are_turned_and_left_by_the_keyboard(page: Page, box: MemoryMailbox) -> None:
    page.goto(address(put(box, pages_letter())))
    page.get_by_role("link", name="Aperçu de reglement.pdf").click()
    dialog = page.get_by_role("dialog", name="reglement.pdf")
    expect(dialog.get_by_text("Page 1 sur 4")).to_be_visible()
    page.keyboard.press("End")
    expect(dialog.get_by_text("Page 4 sur 4")).to_be_visible()
    for _ in range(4):  # a page is higher than its window
        page.keyboard.press("PageUp")
    expect(dialog.get_by_text("Page 4 sur 4")).to_be_hidden()
    page.keyboard.press("Home")
    expect(dialog.get_by_text("Page 1 sur 4")).to_be_visible()
    dialog.frame_locator("iframe").locator("section").first.click()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_the_place_among_files_stays_on_one_line_beside_a_long_name(page: Page, box: MemoryMailbox) -> None:
    message = message_from_bytes(pictures_letter(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    message.add_attachment(b"texte", "text", "plain", filename=f"{'un nom vraiment long ' * 6}.txt")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(address(put(box, message.as_bytes(policy=policy.SMTP))))
    page.get_by_role("link", name="Aperçu de un nom").click()
    place = page.locator("#preview [role=status]").first
    expect(place).to_have_text("3 sur 3")
    box_of = place.bounding_box()
    assert box_of
    assert box_of["height"] < 30


def test_a_preview_is_named_and_closed_by_touch_on_a_phone(page: Page, box: MemoryMailbox) -> None:
    page.goto(address(put(box, pictures_letter())))
    page.set_viewport_size({"width": 390, "height": 844})
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": True})  # tools of the size of a finger
    session.send("Emulation.setEmulatedMedia", {"features": [{"name": "pointer", "value": "coarse"}]})
    page.get_by_role("link", name="Aperçu de un.png").click()
    dialog = page.get_by_role("dialog", name="un.png")
    expect(dialog.get_by_role("status").filter(has_text="sur 2")).to_have_text("1 sur 2")
    frame = dialog.bounding_box()
    assert frame
    parts = dialog.locator(".look-head :is(h2, a, button)").all()
    for part in parts:
        place = part.bounding_box()
        assert place
        assert place["width"] > 30
        assert place["x"] >= frame["x"]
        assert place["x"] + place["width"] <= frame["x"] + frame["width"]
    status = dialog.get_by_role("status").bounding_box()
    assert status
    assert status["height"] < 30, "on one line"
    download = dialog.get_by_role("link", name="Télécharger").bounding_box()
    assert download
    assert download["y"] < status["y"] + status["height"], "beside the other tools"
    dialog.get_by_role("button", name="Fermer l’aperçu").click()
    expect(dialog).to_be_hidden()


def files_letter(count: int) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "ines.roy@dehors.example", "Dossier"
    message.set_content("Bonjour\n")
    for number in range(count):
        message.add_attachment(
            b"%PDF-1.7", "application", "pdf", filename=f"une pièce au nom long {number}.pdf"
        )
    return message.as_bytes(policy=policy.SMTP)


@pytest.mark.parametrize("count", [4, 20])
def test_no_card_of_a_file_is_cut_and_each_takes_the_width_of_a_phone(
    page: Page, box: MemoryMailbox, count: int
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(address(put(box, files_letter(count))))
    shown = page.locator("#reader .att").evaluate(
        """(list) => { const place = list.getBoundingClientRect();
        const cards = [...list.children].map((card) => card.getBoundingClientRect());
        return { scrolls: list.scrollHeight > list.clientHeight, share: cards[0].width / place.width,
          cut: cards.filter((card) => card.top < place.bottom - 1 && card.bottom > place.bottom + 1)
            .length };
        }"""
    )
    assert shown == {"scrolls": False, "share": 1, "cut": 0}


OVERFLOW = "document.documentElement.scrollHeight - innerHeight"
# Resolves once the pane is so, looked at each time something is drawn.
PANE_IS = """([ways, most]) => new Promise((done, never) => {
  const pane = document.querySelector("#reader");
  const isSo = { scrolled: (most) => pane.scrollTop > most,
    tall: () => pane.scrollHeight > pane.clientHeight + 400,
    flat: () => pane.scrollHeight <= pane.clientHeight };
  const look = (left) => (isSo[ways](most) ? done(pane.scrollTop)
    : left ? requestAnimationFrame(() => look(left - 1)) : never(Error(`never ${ways}`)));
  look(900);
})"""


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_a_long_letter_has_one_scroll_that_of_the_pane(
    page: Page, box: MemoryMailbox, width: int, height: int
) -> None:
    """Its frame is as tall as its text; its header goes away with it, by the mouse and by the keyboard."""
    page.set_viewport_size({"width": width, "height": height})
    text = "\n\n".join(f"Ligne {number}" for number in range(80))
    long, short = put(box, letter("Compte rendu", text)), put(box, letter("Bonjour", "Bonjour."), minutes=1)
    page.goto("/messagerie/")
    frame = page.frame_locator("#reader iframe.body").locator("html")
    for ref, words, shape in (
        (short, "Bonjour.", "flat"),
        (long, "Ligne 79", "tall"),
        (short, "Bonjour.", "flat"),
    ):
        page.locator(f'#messages a.open[href="{address(ref)}"]').click()
        expect(frame).to_contain_text(words)
        page.evaluate(PANE_IS, [shape, 0])
        wait_until(lambda: frame.evaluate(f"() => {OVERFLOW}") <= 0)
        if shape == "tall":
            page.mouse.move(width - 60, height - 200)
            page.mouse.wheel(0, 300)
            page.evaluate(PANE_IS, ["scrolled", 250])
            expect(page.locator("#message-subject")).not_to_be_in_viewport()
            frame.focus()
            place = page.evaluate(PANE_IS, ["scrolled", 0])
            page.keyboard.press("PageDown")
            page.evaluate(PANE_IS, ["scrolled", place])
        if width < 700:
            page.go_back()
