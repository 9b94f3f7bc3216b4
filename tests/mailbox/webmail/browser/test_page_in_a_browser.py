"""The page as hands meet it, in a real browser, over mailboxes in memory."""

import re
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from threading import Event
from typing import Literal

import pytest
from playwright.sync_api import APIResponse, Page, Request, Route, expect
from tests.browser import access_faults
from tests.engines.samples import letter
from tests.mailbox.webmail.cards.test_one_click import invitation
from tests.mailbox.webmail.conftest import address, put
from tests.mailbox.webmail.hostile_html import AWAY, HOSTILE

from vaguemestre.engines.memory.folder import StoredMessage
from vaguemestre.engines.memory.mailbox import MemoryMailbox, MemoryMailboxes
from vaguemestre.foundation import ui
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.foundation.ui.bundles import bundle
from vaguemestre.post.mailstore.ports import QuotaReached
from vaguemestre.post.mailstore.values import MessageRef
from vaguemestre.post.mailstore.values import Page as Found

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
START = datetime(2026, 9, 1, tzinfo=UTC)


class Seen:
    """What a browser would tell its developer."""

    def __init__(self, page: Page) -> None:
        self._asked: list[Request] = []
        self.errors: list[str] = []
        self._page = page
        page.on("request", lambda request: self._asked.append(request))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("dialog", lambda dialog: (self.errors.append(f"dialog {dialog.message}"), dialog.dismiss()))  # type: ignore[call-overload]
        page.on("console", self._said)

    @property
    def requests(self) -> list[str]:
        """Without what is loaded unseen, once a text is read, to know its height."""
        reader = self._page.query_selector("#reader iframe.body")
        shown = {self._page.main_frame, reader and reader.content_frame()}
        return [request.url for request in self._asked if request.frame in shown]

    def _said(self, message: object) -> None:
        text = message.text  # type: ignore[attr-defined]
        is_stream = "/flux?" in text or "ERR_CONNECTION_REFUSED" in text  # no push process here
        if message.type == "error" and not is_stream:  # type: ignore[attr-defined]
            self.errors.append(text)


@pytest.fixture
def box(boxes: MemoryMailboxes, transactional_db: None) -> MemoryMailbox:
    return boxes.box("nmorel@ac-amiens.test")


SUBJECTS = "#messages li.row .subject-line > .clip"


def subjects(page: Page) -> list[str]:
    return page.locator(SUBJECTS).all_inner_texts()


def test_archiving_shows_at_once_and_can_be_taken_back(page: Page, box: MemoryMailbox) -> None:
    for number in range(3):
        put(box, subject=f"Numéro {number}", minutes=number)
    page.goto("/messagerie/")
    page.get_by_role("region", name="Messages").get_by_text("Numéro 1").click()
    page.get_by_role("heading", name="Numéro 1").wait_for()
    page.get_by_role("button", name="Archiver", exact=True).click()
    page.get_by_text("Courriel archivé.").wait_for()
    expect(page.locator(SUBJECTS)).to_have_text(["Numéro 2", "Numéro 0"])
    page.get_by_role("heading", name="Numéro 0").wait_for()  # the next one opens
    page.get_by_role("button", name="Annuler").click()
    page.get_by_text("Annulé.").wait_for()
    page.locator("#messages li.row").nth(2).wait_for()
    assert sorted(subjects(page)) == ["Numéro 0", "Numéro 1", "Numéro 2"]


def test_a_refused_act_is_taken_back_with_its_reason(
    page: Page, box: MemoryMailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(box)

    def full(*_: object) -> tuple[MessageRef, ...]:
        raise QuotaReached("mailstore.quota-reached")

    monkeypatch.setattr(box, "move", full)
    page.goto("/messagerie/")
    page.locator("#messages li.row a.open").click()
    page.get_by_role("button", name="Supprimer", exact=True).click()
    page.get_by_text("Votre boîte est pleine").wait_for()
    page.locator("#messages li.row").wait_for()
    assert subjects(page) == ["Sortie au Marquenterre"]


def test_a_refused_act_is_taken_back_after_a_list_asked_before_it_arrived(
    page: Page, box: MemoryMailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That answer was shown without the row, and the next says that nothing changed since."""
    put(box)
    held: list[Route] = []

    def full(*_: object) -> tuple[MessageRef, ...]:
        raise QuotaReached("mailstore.quota-reached")

    monkeypatch.setattr(box, "move", full)
    page.goto("/messagerie/")
    page.route("**/lignes/?*", lambda route: held.append(route))
    with page.expect_request("**/lignes/?*"):  # once the message is marked as read
        page.locator("#messages li.row a.open").click()
    page.route("**/delete/", lambda route: held.append(route))
    with page.expect_request("**/delete/"):
        page.get_by_role("button", name="Supprimer", exact=True).click()
    page.unroute("**/lignes/?*")
    rows, act = held
    with page.expect_response("**/lignes/?*"):
        rows.continue_()
    page.wait_for_function("document.querySelector('#messages .chunk').busy === null")
    act.continue_()
    page.get_by_text("Votre boîte est pleine").wait_for()
    page.locator("#messages li.row").wait_for()
    assert subjects(page) == ["Sortie au Marquenterre"]


def test_an_act_that_met_no_network_is_taken_back(page: Page, box: MemoryMailbox) -> None:
    for number in range(4):
        put(box, subject=f"Numéro {number}", minutes=number)
    page.goto("/messagerie/")
    rows = page.locator("#messages li.row")
    star = rows.nth(2).get_by_role("button", name="Étoile")
    rows.nth(1).locator("input").check()
    rows.nth(2).locator("input").check()
    page.context.set_offline(True)
    page.get_by_role("button", name="Archiver la sélection").click()
    page.get_by_text("Le réseau ne répond pas").wait_for()
    expect(page.locator(SUBJECTS)).to_have_text(["Numéro 3", "Numéro 2", "Numéro 1", "Numéro 0"])
    star.click()
    expect(star).to_have_attribute("aria-pressed", "false")
    expect(rows.nth(2)).not_to_have_class(re.compile("flagged"))


def test_an_undo_that_met_no_network_is_offered_again(page: Page, box: MemoryMailbox) -> None:
    put(box, subject="Numéro 1")
    page.goto("/messagerie/")
    page.locator("#messages li.row a.open").click()
    page.get_by_role("button", name="Archiver", exact=True).click()
    page.get_by_text("Courriel archivé.").wait_for()
    page.context.set_offline(True)
    page.get_by_role("button", name="Annuler").click()
    page.get_by_text("Le réseau ne répond pas").wait_for()
    page.context.set_offline(False)
    page.get_by_role("button", name="Annuler").click()
    page.get_by_text("Annulé.").wait_for()
    expect(page.locator(SUBJECTS)).to_have_text(["Numéro 1"])


def test_a_page_whose_network_comes_back_asks_again(page: Page, box: MemoryMailbox) -> None:
    put(box, subject="Numéro 1")
    page.goto("/messagerie/")
    expect(page.locator(SUBJECTS)).to_have_text(["Numéro 1"])
    page.context.set_offline(True)
    put(box, subject="Numéro 2", minutes=1)
    page.context.set_offline(False)
    expect(page.locator(SUBJECTS)).to_have_text(["Numéro 2", "Numéro 1"])


def test_what_is_slow_to_answer_is_told_and_a_refusal_said_once(
    page: Page, box: MemoryMailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(box)
    is_let_go, read = Event(), box.open

    def slow(ref: MessageRef) -> object:
        is_let_go.wait(30)
        return read(ref)

    page.goto("/messagerie/")
    monkeypatch.setattr(box, "open", slow)
    page.locator("#messages li.row a.open").click()
    page.get_by_text("La messagerie tarde à répondre").wait_for()
    is_let_go.set()
    page.get_by_role("heading", name="Sortie au Marquenterre").wait_for()
    page.get_by_text("La messagerie tarde à répondre").wait_for(state="detached")

    def away(*_: object) -> object:
        raise EngineDown("imap")

    monkeypatch.setattr(box, "page", away)
    for _ in range(3):
        with page.expect_response("**/lignes/**"):
            page.get_by_role("button", name="Actualiser").click()
    page.get_by_text("ne répond pas").first.wait_for()
    expect(page.locator("#notices").get_by_text("ne répond pas")).to_have_count(1)


def test_scripts_served_as_one_keep_their_names_apart(page: Page) -> None:
    told = "var Refused = class {}; window.asked = () => ({}) instanceof Refused;"
    page.set_content(f"<script>{bundle('page.js', [told, 'var Refused = 1;'])}</script>")
    assert page.evaluate("window.asked()") is False


@pytest.mark.parametrize(
    ("theme", "system", "ground"),
    [
        ("light", "dark", "rgb(244, 243, 239)"),
        ("dark", "light", "rgb(18, 20, 26)"),
        ("system", "light", "rgb(244, 243, 239)"),
        ("system", "dark", "rgb(18, 20, 26)"),
    ],
)
def test_colours_follow_the_theme_chosen_or_the_system(
    page: Page, theme: str, system: Literal["light", "dark"], ground: str
) -> None:
    tokens = (Path(ui.__file__).parent / "static/ui/tokens.css").read_text(encoding="utf-8")
    style = bundle("ui/mail.css", [tokens, "body { background: var(--bg) }"])
    page.emulate_media(color_scheme=system)
    page.set_content(f'<html data-theme="{theme}"><style>{style}</style><body>')
    expect(page.locator("body")).to_have_css("background-color", ground)


def test_opening_marks_read_and_u_takes_it_back(page: Page, box: MemoryMailbox) -> None:
    ref = put(box)
    page.goto("/messagerie/")
    assert page.title().startswith("(1)")
    page.locator("#messages li.row.unread a.open").click()
    page.locator("#messages li.row:not(.unread)").wait_for()
    page.wait_for_function("() => !document.title.startsWith('(')")
    assert "\\Seen" in box.open(ref).flags
    page.keyboard.press("u")
    page.locator("#messages li.row.unread").wait_for()
    page.wait_for_function("() => document.title.startsWith('(1)')")
    assert "\\Seen" not in box.open(ref).flags


def test_a_message_left_before_it_came_leaves_no_pane_waiting(page: Page, box: MemoryMailbox) -> None:
    late, _ = (put(box, subject=f"Numéro {number}", minutes=number) for number in (1, 2))
    page.goto("/messagerie/")
    page.locator("#messages a.open", has_text="Numéro 2").click()
    expect(page.get_by_role("heading", name="Numéro 2")).to_be_visible()
    held: list[Route] = []
    page.route(f"**{address(late)}", lambda route: held.append(route))
    page.locator("#messages a.open", has_text="Numéro 1").click()
    expect(page.locator("#reader[aria-busy=true]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("#reader .message")).to_have_count(0)
    expect(page.locator("#reader[aria-busy]")).to_have_count(0)
    held[0].continue_()


def test_a_message_is_asked_for_from_the_press_on_and_once(page: Page, box: MemoryMailbox) -> None:
    other, pressed = (put(box, subject=f"Numéro {number}", minutes=number) for number in (1, 2))
    page.goto("/messagerie/")
    seen = Seen(page)
    page.locator("#messages a.open", has_text="Numéro 2").hover()
    with page.expect_response(f"**{address(pressed)}"):
        page.mouse.down()
    expect(page.locator("#reader .message")).to_have_count(0)  # pressed is not opened
    assert "\\Seen" not in box.open(pressed).flags
    page.mouse.up()
    frame = page.locator("#reader iframe.body")
    expect(frame).to_have_attribute("title", "Texte du courriel")
    expect(frame).to_have_attribute("sandbox", "allow-popups allow-popups-to-escape-sandbox")
    expect(frame.content_frame.locator("body")).to_contain_text("Bonjour")
    asked = [url.rpartition(f"/{pressed.uid}/")[2] for url in seen.requests if f"/{pressed.uid}/" in url]
    assert sorted(asked) == ["", "corps/"]

    page.locator("#messages a.open", has_text="Numéro 1").hover()
    with page.expect_response(f"**{address(other)}"):
        page.mouse.down()
    page.mouse.move(640, 4)
    page.mouse.up()  # let go elsewhere
    page.keyboard.press("u")
    page.locator("#messages li.row.unread", has_text="Numéro 2").wait_for()
    expect(page.get_by_role("heading", name="Numéro 2")).to_be_visible()
    assert "\\Seen" not in box.open(other).flags
    assert seen.errors == []


def test_everything_without_a_mouse(page: Page, box: MemoryMailbox) -> None:
    box.make_folder("4e B")
    for number in range(4):
        put(box, subject=f"Numéro {number}", minutes=number, flags=("\\Seen",))
    page.goto("/messagerie/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Numéro 2").wait_for()
    page.keyboard.press("k")
    page.get_by_role("heading", name="Numéro 3").wait_for()
    page.keyboard.press("s")
    page.locator("#messages li.row.flagged").wait_for()
    page.keyboard.press("F6")
    assert page.evaluate("document.activeElement.closest('#reader') !== null")
    page.keyboard.press("Shift+F6")
    page.keyboard.press("Escape")
    page.get_by_text("Choisissez un courriel").wait_for()
    page.keyboard.press("x")
    page.get_by_text("1 sélectionné").wait_for()
    page.keyboard.press("v")
    page.get_by_role("dialog").get_by_role("button", name="4e B").press("Enter")
    page.get_by_text("Courriel déplacé").wait_for()
    assert box.page("4e B", 0, 50).total == 1
    page.keyboard.press("?")
    page.get_by_role("dialog").get_by_text("Raccourcis d’une seule lettre").click()
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    page.wait_for_timeout(200)  # nothing must come: letters are switched off
    assert box.page("Archive", 0, 50).total == 0


def stop(page: Page) -> str:
    """What the keyboard is on: a name, a button's words, or the frame."""
    return str(
        page.evaluate(
            "(({ id, tagName, innerText }) => id || (tagName === 'IFRAME' ? 'text' : innerText.trim()))"
            "(document.activeElement)"
        )
    )


def pressed(page: Page, key: str, most: int, until: str) -> int:
    """How many times a key is pressed before the keyboard is there."""
    for count in range(1, most + 1):
        page.keyboard.press(key)
        if stop(page) == until:
            return count
    raise AssertionError(f"{until} is not within {most} × {key}, but {stop(page)}")


def test_tab_leads_into_the_text_and_out_again_and_f6_stays_in_it(page: Page, box: MemoryMailbox) -> None:
    long = "\n\n".join(f"Paragraphe {number}" for number in range(200))
    put(box, letter("Sans lien", long))
    links = "".join(f'<p><a href="https://dehors.example/{n}">page {n}</a></p>' for n in range(40))
    put(box, letter("x").replace(b"text/plain", b"text/html").replace(b"Subject: x", b"Subject: Avec liens")
        .replace(b"Bonjour,", links.encode()), minutes=1)  # fmt: skip
    page.goto("/messagerie/")
    page.get_by_role("region", name="Messages").get_by_text("Sans lien").click()
    text = page.frame_locator("iframe.body")
    text.get_by_text("Paragraphe 0").wait_for()
    expect(page.locator("iframe.body.fitted")).to_be_visible()  # until then another frame may take its place
    page.keyboard.press("F6")
    assert stop(page) == "message-subject"
    pressed(page, "Tab", 3, "text")
    page.keyboard.press("PageDown")
    expect(text.get_by_text("Paragraphe 0", exact=True)).not_to_be_in_viewport()
    page.keyboard.press("F6")
    assert stop(page) == "text"  # nobody hears it
    pressed(page, "Tab", 2, "Revenir à la liste")
    pressed(page, "Shift+Tab", 2, "text")
    pressed(page, "Tab", 2, "Revenir à la liste")
    page.keyboard.press("F6")
    assert page.evaluate("document.activeElement.closest('#folders') !== null")
    page.keyboard.press("Shift+F6")
    pressed(page, "Tab", 5, "Revenir à la liste")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('li.row') !== null")

    page.get_by_role("region", name="Messages").get_by_text("Avec liens").click()
    text.get_by_role("link", name="page 0").wait_for()
    expect(page.locator("iframe.body.fitted")).to_be_visible()
    page.keyboard.press("F6")
    pressed(page, "Tab", 3, "Passer le texte et ses 40 liens")
    page.keyboard.press("Enter")
    assert stop(page) == "Revenir à la liste"
    pressed(page, "Shift+Tab", 42, "Passer le texte et ses 40 liens")
    pressed(page, "Tab", 43, "Revenir à la liste")


def test_on_a_phone_one_comes_back_to_the_very_row(page: Page, box: MemoryMailbox) -> None:
    for number in range(120):
        put(box, letter(f"Numéro {number}"), minutes=number)
    page.set_viewport_size({"width": 390, "height": 780})
    page.goto("/messagerie/")
    rows = page.locator("#messages li.row")
    rows.nth(40).scroll_into_view_if_needed()
    rows.nth(40).locator("a.open").click()
    page.get_by_role("heading", name="Numéro 79", exact=True).wait_for()
    page.frame_locator("iframe.body").get_by_text("le texte").wait_for()
    page.evaluate("new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))")
    page.keyboard.press("Escape")
    expect(page.locator("#messages li.row a.open:focus .subject-line > .clip")).to_have_text("Numéro 79")
    expect(page.locator("#messages li.row a.open:focus")).to_be_in_viewport()


def test_addresses_can_be_copied_and_gone_back_to(page: Page, box: MemoryMailbox) -> None:
    box.make_folder("Sorties/2026")
    first = put(box, subject="Première")
    put(box, subject="Seconde", minutes=1)
    put(box, folder="Sorties/2026", subject="Rangée")
    page.goto("/messagerie/")
    page.get_by_role("region", name="Messages").get_by_text("Première").click()
    page.get_by_role("heading", name="Première").wait_for()
    address = page.url
    assert address.endswith(f"/messagerie/INBOX/{first.uid_validity}/{first.uid}/")
    page.get_by_role("region", name="Messages").get_by_text("Seconde").click()
    page.get_by_role("heading", name="Seconde").wait_for()
    page.get_by_role("navigation", name="Dossiers").get_by_text("2026").click()
    page.get_by_role("region", name="Messages").get_by_text("Rangée").wait_for()
    page.go_back()
    page.get_by_role("heading", name="Seconde").wait_for()
    page.go_back()
    page.get_by_role("heading", name="Première").wait_for()
    page.go_back()
    page.get_by_text("Choisissez un courriel").wait_for()
    page.go_forward()
    page.get_by_role("heading", name="Première").wait_for()
    page.goto(address)
    page.get_by_role("heading", name="Première").wait_for()


def test_a_hundred_thousand_messages_are_scrolled_like_a_hundred(page: Page, box: MemoryMailbox) -> None:
    folder = box._folder("INBOX")
    for number in range(100_000):
        folder.add(StoredMessage(letter_of(number), frozenset({"\\Seen"}), START))
    page.goto("/messagerie/", timeout=60_000)  # the mailbox in memory sorts them all
    page.get_by_text("Numéro 99999").wait_for()
    rows = page.locator("#messages .rows")
    rows.evaluate("box => { box.scrollTop = box.scrollHeight / 2 }")
    page.wait_for_function("() => document.querySelectorAll('#messages li.row').length > 40")
    page.wait_for_function(
        """() => {
          const box = document.querySelector('#messages .rows').getBoundingClientRect();
          const row = document.elementFromPoint(box.left + 200, box.top + 300)?.closest('li.row');
          const number = Number(row?.innerText.match(/Numéro (\\d+)/)?.[1]);
          return number > 45000 && number < 55000;
        }"""
    )
    rows.evaluate("box => { box.scrollTop = box.scrollHeight }")
    page.get_by_text("Numéro 0", exact=True).wait_for()
    assert page.locator("#messages li.row").count() < 400


def test_rows_not_loaded_yet_take_the_room_of_the_density_chosen(page: Page, box: MemoryMailbox) -> None:
    folder = box._folder("INBOX")
    for number in range(1000):
        folder.add(StoredMessage(letter_of(number), frozenset({"\\Seen"}), START))
    page.goto("/messagerie/")
    rows = page.locator("#messages .rows")
    page.get_by_role("button", name="Affichage").click()
    heights = []
    for name in ("Aérée", "Serrée"):
        page.get_by_role("radio", name=name).check()
        heights.append(rows.evaluate("box => box.scrollHeight") / 1000)
    roomy, dense = heights
    assert 88 <= roomy < 90  # a row, and headings of days
    assert 44 <= dense < 46


def test_every_hostile_message_is_opened_and_nothing_happens(page: Page, box: MemoryMailbox) -> None:
    for name, html in HOSTILE.items():
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = "x@dehors.example", "nmorel@ac-amiens.test", name
        message.set_content("x")
        message.add_alternative(html.encode("utf-8", "replace").decode(), subtype="html")
        put(box, message.as_bytes())
    seen = Seen(page)
    page.goto("/messagerie/")
    for name in list(reversed(HOSTILE))[:40]:
        with page.expect_response(lambda answer: "/corps/" in answer.url) as body:
            page.keyboard.press("j" if page.locator("#messages li.row.on").count() else "o")
        assert body.value.ok, name
        expect(page.locator("#message-subject")).to_have_text(name)
    assert seen.errors == []
    assert not [url for url in seen.requests if AWAY in url]


def letter_of(number: int) -> bytes:
    return b"From: a@ac-amiens.test\r\nSubject: =?utf-8?q?Num=C3=A9ro_%d?=\r\n\r\nx\r\n" % number


def test_a_draft_opens_in_the_composer(page: Page, box: MemoryMailbox) -> None:
    ref = put(box, letter("Brouillon"), folder="Drafts", flags=("\\Draft",))
    page.goto("/messagerie/Drafts/")
    page.evaluate("window.addEventListener('vm:compose', event => { window.asked = event.detail })")
    page.locator("#messages li.row a.open").click()
    page.wait_for_function("() => window.asked")
    assert page.evaluate("window.asked") == {
        "mode": "draft",
        "ref": {"folder": "Drafts", "uidValidity": ref.uid_validity, "uid": ref.uid, "box": None},
    }


def test_one_searches_by_people_and_form_and_keeps_it(page: Page, box: MemoryMailbox) -> None:
    put(box, letter("Sortie au musée", From="Zoé Petit <zoe@dehors.example>"))
    put(box, letter("Réunion"), minutes=1)
    seen = Seen(page)
    page.goto("/messagerie/")
    page.keyboard.press("/")
    page.keyboard.type("de:zoe MUSÉE")
    page.keyboard.press("Enter")
    page.get_by_text("1 trouvé").wait_for()
    assert subjects(page) == ["Sortie au musée"]
    assert page.evaluate("CSS.highlights.get('found').size") == 2  # « Zoé », « musée », whatever the accents
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    page.get_by_label("Nom, dans la liste").fill("Musées")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Musées").wait_for()
    page.get_by_role("link", name="Effacer la recherche").click()
    page.locator("#messages li.row").nth(1).wait_for()
    page.get_by_role("link", name="Musées").click()
    page.get_by_text("1 trouvé").wait_for()
    page.get_by_role("searchbox", name="Rechercher dans les courriels").fill("")
    page.get_by_role("option", name="de:zoe MUSÉE").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Recherche détaillée").click()
    page.get_by_role("textbox", name="Objet").fill("réunion")
    page.get_by_role("button", name="Rechercher", exact=True).click()
    page.locator("#messages li.row").get_by_text("Réunion").wait_for()
    assert (
        page.get_by_role("searchbox", name="Rechercher dans les courriels").input_value() == "objet:réunion"
    )
    page.get_by_role("button", name="Retirer la recherche Musées").click()
    page.get_by_role("link", name="Musées").wait_for(state="detached")
    assert seen.errors == []


def test_a_search_is_narrowed_to_the_folder_one_was_in(page: Page, box: MemoryMailbox) -> None:
    box.make_folder("Sorties/2026")
    put(box, letter("Sortie au musée"))
    put(box, letter("Sortie en mer"), folder="Sorties/2026", minutes=1)
    page.goto("/messagerie/")
    page.get_by_role("navigation", name="Dossiers").get_by_role("link", name="2026").click()
    page.get_by_role("heading", name="2026", exact=True).wait_for()
    page.keyboard.press("/")
    page.keyboard.type("sortie")
    page.keyboard.press("Enter")
    page.get_by_role("region", name="Messages").get_by_text("2 trouvés").wait_for()
    scope = page.get_by_role("region", name="Messages").locator(".scope")
    scope.get_by_role("link", name="2026").click()
    page.get_by_text("1 trouvé").wait_for()
    assert subjects(page) == ["Sortie en mer"]
    scope.get_by_role("link", name="Partout").click()
    page.get_by_role("region", name="Messages").get_by_text("2 trouvés").wait_for()
    scope.get_by_role("link", name="2026").wait_for()


def test_a_label_is_made_and_put_by_the_keyboard(page: Page, box: MemoryMailbox) -> None:
    ref = put(box)
    page.goto("/messagerie/")
    page.keyboard.press("o")
    page.get_by_role("heading", name="Sortie au Marquenterre").wait_for()
    page.keyboard.press("l")
    page.get_by_role("dialog").get_by_label("À faire", exact=True).check()
    page.locator("#messages li.row .lab-blue").wait_for()
    page.get_by_role("dialog").get_by_label("Nom").fill("Conseils")
    page.get_by_role("dialog").get_by_label("Couleur").select_option("teal")
    page.get_by_role("dialog").get_by_role("button", name="Enregistrer").press("Enter")
    page.locator("#messages li.row .lab-teal").wait_for()
    assert {"$label4", "conseils"} <= box.open(ref).flags
    page.get_by_role("navigation", name="Dossiers").get_by_role("link", name="Conseils").click()
    page.get_by_text("1 trouvé").wait_for()


def test_words_looked_for_are_marked_in_the_text_behind_the_wall(page: Page, box: MemoryMailbox) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@ac-amiens.test", "nmorel@ac-amiens.test", "Car"
    message.set_content("Le depart")
    message.add_alternative("<p>Le <b>départ</b> du car : le DEPART est à 8 h.</p>", subtype="html")
    put(box, message.as_bytes())
    seen = Seen(page)
    page.goto("/messagerie/?q=depart")
    page.locator("#messages li.row a.open").click()
    marks = page.frame_locator("iframe.body").locator("mark")
    expect(marks).to_have_text(["départ", "DEPART"])
    assert "?" not in page.url
    assert seen.errors == []


def test_a_slow_search_shows_its_latest_first(
    page: Page, box: MemoryMailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(box, letter("Voyage récent"))
    put(box, letter("Voyage ancien"), minutes=-60 * 24 * 400)
    is_let_go, search = Event(), box.search

    def slow(*asked: object) -> Found:
        is_let_go.wait(30)
        return search(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr(box, "search", slow)
    page.goto("/messagerie/")
    page.keyboard.press("/")
    page.keyboard.type("voyage")
    page.keyboard.press("Enter")
    page.get_by_text("les plus récents ; recherche des autres…").wait_for()
    assert subjects(page) == ["Voyage récent"]
    is_let_go.set()
    page.get_by_role("region", name="Messages").get_by_text("2 trouvés").wait_for()
    assert subjects(page) == ["Voyage récent", "Voyage ancien"]


@pytest.mark.parametrize("width", [320, 360, 390])
def test_every_act_on_a_message_is_within_a_thumb_s_reach(page: Page, box: MemoryMailbox, width: int) -> None:
    ref = put(box)
    assert page.context.browser is not None
    state = page.context.storage_state()
    phone = page.context.browser.new_context(
        viewport={"width": width, "height": 780}, has_touch=True, is_mobile=True, storage_state=state
    ).new_page()
    phone.goto(page_address(page, ref))
    phone.get_by_role("heading", name="Sortie au Marquenterre").wait_for()
    reading = phone.get_by_role("region", name="Lecture")
    assert reading.evaluate("(pane) => pane.scrollWidth <= pane.clientWidth")
    for tool in phone.get_by_role("group", name="Actions sur le courriel").locator(".tool:visible").all():
        expect(tool).to_be_in_viewport(ratio=1)
    phone.locator(".tools summary").click()
    for act in ("Transférer", "Imprimer"):
        reading.get_by_text(act, exact=True).locator("visible=true").wait_for()
    reading.get_by_role("button", name="Signaler…").click()
    phone.get_by_role("dialog", name="Signaler ce courriel").wait_for()


def test_a_finger_chooses_messages_once_the_boxes_are_asked_for(page: Page, box: MemoryMailbox) -> None:
    for number in range(3):
        put(box, letter(f"Numéro {number}"), minutes=number)
    assert page.context.browser is not None
    phone = page.context.browser.new_context(
        viewport={"width": 390, "height": 780}, has_touch=True, is_mobile=True,
        storage_state=page.context.storage_state(),
    ).new_page()  # fmt: skip
    page.goto("/messagerie/")
    phone.goto(page.url)
    phone.get_by_role("button", name="Sélectionner", exact=True).tap()
    phone.get_by_text("Numéro 2").tap()
    phone.get_by_text("Numéro 0").tap()
    phone.get_by_text("2 sélectionnés").wait_for()
    phone.get_by_text("Numéro 2").tap()
    phone.get_by_text("1 sélectionné").wait_for()
    phone.get_by_role("button", name="Sélectionner", exact=True).tap()
    phone.get_by_text("Numéro 0").tap()
    phone.get_by_role("region", name="Lecture").get_by_role("heading", name="Numéro 0").wait_for()


def page_address(page: Page, ref: MessageRef) -> str:
    page.goto("/messagerie/")
    return str(page.evaluate("(path) => new URL(path, location.href).href", address(ref)))


def test_the_page_stays_under_its_header_wherever_one_goes(page: Page, box: MemoryMailbox) -> None:
    for number in range(120):
        put(box, letter(f"Numéro {number}"), minutes=number)
    for number in range(20):
        box.make_folder(f"Dossier {number}")
    page.goto("/messagerie/")
    page.get_by_text("Numéro 119").wait_for()
    page.keyboard.press("g")
    page.get_by_role("dialog").get_by_label("Date").fill("01/01/2001")
    page.keyboard.press("Enter")
    expect(page.locator("#messages li.row a.open:focus .subject-line > .clip")).to_have_text("Numéro 0")
    expect(page.locator("#messages li.row a.open:focus")).to_be_in_viewport()
    assert page.evaluate("document.scrollingElement.scrollTop") == 0
    assert page.evaluate("document.scrollingElement.scrollHeight <= innerHeight")


def test_the_keyboard_stays_where_messages_were_sorted(page: Page, box: MemoryMailbox) -> None:
    for number in range(6):
        put(box, letter(f"Numéro {number}"), minutes=number)
    page.goto("/messagerie/")
    focused = page.locator("#messages li.row a.open:focus .subject-line > .clip")
    page.get_by_text("Numéro 5").wait_for()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(focused).to_have_text("Numéro 4")
    page.keyboard.press("e")
    expect(focused).to_have_text("Numéro 3")
    page.keyboard.press("e")
    expect(focused).to_have_text("Numéro 2")
    page.keyboard.press("b")
    page.get_by_role("button", name="Demain").press("Enter")
    page.locator("#notices").get_by_text("Rappel ").wait_for()
    expect(focused).to_have_text("Numéro 1")
    page.keyboard.press("Control+A")  # with the capitals locked
    page.get_by_text("3 sélectionnés").wait_for()


def test_the_keyboard_stays_where_folders_were_changed(page: Page, box: MemoryMailbox) -> None:
    box.make_folder("Projets")
    box.make_folder("Sorties")
    page.goto("/messagerie/Sorties/")
    focused = page.locator("#folders a.folder-link:focus")

    def choose(folder: str, act: str) -> None:
        page.get_by_role("button", name=f"Actions sur {folder}", exact=True).press("Enter")
        page.get_by_role("menuitem", name=act).press("Enter")

    choose("Projets", "Nouveau dossier ici…")
    page.keyboard.type("Rome")
    page.keyboard.press("Enter")
    expect(focused).to_have_attribute("data-folder", "Projets/Rome")
    choose("Rome", "Ouvrir")
    page.get_by_role("heading", name="Rome").wait_for()
    expect(page.get_by_role("button", name="Actions sur Rome")).to_be_focused()
    choose("Rome", "Renommer…")
    page.keyboard.type("Amiens")
    page.keyboard.press("Enter")
    expect(focused).to_have_attribute("data-folder", "Projets/Amiens")
    choose("Amiens", "Ranger dans…")
    page.get_by_role("dialog").get_by_role("button", name="Sorties").press("Enter")
    expect(focused).to_have_attribute("data-folder", "Sorties/Amiens")
    expect(page.locator("#folders [aria-current]")).to_have_attribute("data-folder", "Sorties/Amiens")
    choose("Projets", "Supprimer le dossier")
    page.get_by_role("button", name="Mettre à la corbeille").press("Enter")
    expect(focused).to_have_attribute("data-folder", "Sorties")


def test_a_folder_is_deleted_once_its_end_was_read_and_comes_back(page: Page, box: MemoryMailbox) -> None:
    for name in ("Projets", "Projets/Rome", "Sorties"):
        box.make_folder(name)
    put(box, folder="Projets")
    put(box, folder="Projets/Rome")
    page.goto("/messagerie/Projets~2FRome/")
    focused = page.locator("#folders :focus")
    dialog = page.get_by_role("dialog")

    def delete(folder: str) -> None:
        page.get_by_role("button", name=f"Actions sur {folder}", exact=True).press("Enter")
        page.get_by_role("menuitem", name="Supprimer le dossier").press("Enter")
        dialog.wait_for()

    delete("Projets")
    expect(dialog).to_have_accessible_name("Mettre « Projets » à la corbeille ?")
    expect(dialog).to_have_accessible_description(
        re.compile("Avec son sous-dossier, il contient 2 courriels")
    )
    assert access_faults(page) == []
    page.keyboard.press("Escape")
    expect(focused).to_have_accessible_name("Actions sur Projets")
    assert "Projets" in {folder.name for folder in box.folders()}

    delete("Projets")
    page.keyboard.press("Enter")  # the button that does it has the keyboard
    expect(focused).to_have_attribute("data-folder", "Sorties")
    notice = page.locator("#notices > *", has_text="Dossier « Projets » mis à la corbeille.")
    page.wait_for_url("**/messagerie/")
    assert access_faults(page) == []
    notice.get_by_role("button", name="Annuler").press("Enter")
    expect(focused).to_have_attribute("data-folder", "Projets")
    assert {"Projets", "Projets/Rome"} <= {folder.name for folder in box.folders()}

    delete("Projets")
    page.keyboard.press("Enter")
    page.locator('a.folder-link[data-folder="Trash/Projets"]').wait_for()
    delete("Projets")
    expect(dialog).to_have_accessible_name("Supprimer « Projets » ?")
    expect(dialog).to_have_accessible_description(re.compile("« Messages supprimés » rendra ses courriels"))
    page.keyboard.press("Enter")
    page.get_by_text("Dossier « Projets » supprimé.").wait_for()
    assert not [folder for folder in box.folders() if "Projets" in folder.name]


def test_a_label_or_a_kept_search_opens_as_a_folder_does(page: Page, box: MemoryMailbox) -> None:
    put(box, flags=("$label1",))
    page.goto("/messagerie/")
    here = page.locator("#folders [aria-current]")
    for name in ("Important", "Travail"):
        page.get_by_role("navigation", name="Dossiers").get_by_role("link", name=name).click()
        page.get_by_role("region", name="Messages").get_by_role("heading", name=name).wait_for()
        expect(here).to_have_text(name)
    page.get_by_text("Aucun courriel ne porte l’étiquette « Travail ».").wait_for()
    page.get_by_text("0 trouvé", exact=True).wait_for()
    page.reload()
    expect(here).to_have_text("Travail")
    page.keyboard.press("/")
    page.keyboard.press("Control+a")
    page.keyboard.type("marquenterre")
    page.keyboard.press("Enter")
    expect(
        page.get_by_role("region", name="Messages").get_by_role("heading", name="Recherche")
    ).to_be_focused()
    expect(here).to_have_count(0)  # a search is no folder until it is kept
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    page.get_by_label("Nom, dans la liste").fill("La baie")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="La baie").click()
    page.get_by_role("region", name="Messages").get_by_role("heading", name="La baie").wait_for()
    expect(here).to_have_text("La baie")


@pytest.mark.parametrize("light", ["light", "dark"])
def test_a_text_is_read_by_day_and_in_the_dark(
    page: Page, box: MemoryMailbox, light: Literal["light", "dark"]
) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@a.fr", "b@b.fr", "Notes"
    message.set_content("x")
    message.add_attachment("Des notes.", filename="notes.txt")
    message.add_attachment(b"RIFF rien", "audio", "wav", filename="son.wav")
    ref = put(box, message.as_bytes())
    page.emulate_media(color_scheme=light)
    page.goto(address(ref))
    page.get_by_role("link", name="Aperçu de notes.txt").click()
    text = page.frame_locator("iframe[title='notes.txt']").get_by_text("Des notes.")
    ink, paper = text.evaluate(
        "(one) => [getComputedStyle(one).color, getComputedStyle(one.ownerDocument.body).backgroundColor]"
    )
    assert contrast(ink, paper) > 7
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Aperçu de son.wav").click()
    page.get_by_text("Ce fichier ne peut pas être lu ici").wait_for()


def contrast(*colours: str) -> float:
    """As WCAG 2.2 measures it."""
    lights = []
    for colour in colours:
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        lights.append(0.2126 * red + 0.7152 * green + 0.0722 * blue)
    return (max(lights) + 0.05) / (min(lights) + 0.05)


def test_the_keyboard_stays_where_an_answer_was_given(page: Page, box: MemoryMailbox) -> None:
    put(box, letter("Accusé", **{"Disposition-Notification-To": "helene@dehors.example"}))
    ref = put(box, invitation(), minutes=1)
    page.goto(address(ref))
    for answer, said in (("Accepter", "Vous avez accepté"), ("Décliner", "Vous avez décliné")):
        page.get_by_role("button", name=answer).press("Enter")
        page.get_by_text(said).wait_for()
        expect(page.get_by_role("button", name=answer)).to_be_focused()
    page.keyboard.press("j")
    page.get_by_role("heading", name="Accusé").wait_for()
    page.get_by_role("button", name="Ne pas l’envoyer").press("Enter")
    expect(page.get_by_role("heading", name="Accusé")).to_be_focused()


def test_where_a_message_goes_is_typed(page: Page, box: MemoryMailbox) -> None:
    for name in ("4e A/Conseils", "4e B/Conseils", "Trash/Conseils", "Étranger"):
        box.make_folder(name)
    put(box)
    page.goto("/messagerie/")
    page.keyboard.press("j")
    with page.expect_response("**/on_use/folder_choice.js"):
        page.keyboard.press("v")
    chosen = page.locator("#move-dialog button:focus")
    expect(page.locator("#move-name")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(chosen).to_have_text("Archives")  # what one files in comes before « Envoyés »
    page.keyboard.press("End")
    page.keyboard.press("ArrowUp")
    expect(chosen).not_to_have_text("Archives")
    for said in ("4e A / Conseils", "4e B / Conseils", "Corbeille / Conseils"):
        page.locator("#move-dialog").get_by_role("button", name=said, exact=True).wait_for()
    page.keyboard.type("etr")
    expect(chosen).to_have_text("Étranger")
    page.keyboard.press("Enter")
    page.get_by_text("Courriel déplacé vers « Étranger ».").wait_for()
    assert box.page("Étranger", 0, 1).total == 1
    page.get_by_role("button", name="Actions sur Étranger").press("Enter")
    page.get_by_role("menuitem", name="Ranger dans…").press("Enter")
    page.locator("#file-dialog").get_by_role("button", name="Corbeille / Conseils", exact=True).wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Gérer les étiquettes").click()
    expect(page.get_by_role("dialog").get_by_role("checkbox")).to_have_count(0)  # no message is meant


def test_a_folder_is_found_by_typing_the_last_first_or_made_on_the_spot(
    page: Page, box: MemoryMailbox
) -> None:
    for name in ("4e A", "4e B", "Étranger"):
        box.make_folder(name)
    for number in range(3):
        put(box, subject=f"Numéro {number}", minutes=number)
    page.goto("/messagerie/")
    for typed, folder in (("etra", "Étranger"), ("Voyage", "Voyage")):
        page.locator("#messages li.row a.open").first.focus()
        page.keyboard.press("v")
        expect(page.locator("#move-name")).to_be_focused()
        page.keyboard.type(typed)
        expect(page.locator("#move-dialog .targets li:not([hidden])")).to_have_count(int(typed == "etra"))
        page.keyboard.press("Enter")
        page.get_by_text(f"Courriel déplacé vers « {folder} ».").wait_for()
        assert box.page(folder, 0, 1).total == 1
    page.reload()
    page.locator("#messages li.row a.open").first.focus()
    page.keyboard.press("v")
    first = page.locator("#move-dialog .targets li").nth(1)
    expect(first).to_have_text("Étranger")


def test_a_list_written_before_an_act_does_not_bring_back_what_it_took(
    page: Page, box: MemoryMailbox
) -> None:
    for number in range(4):
        put(box, letter(f"Numéro {number}"), minutes=number)
    held: list[tuple[Route, APIResponse]] = []

    def hold(route: Route) -> None:
        if held:
            route.fallback()
        else:
            held.append((route, route.fetch()))

    page.goto("/messagerie/")
    page.get_by_text("Numéro 3").wait_for()
    page.evaluate(
        """() => {
            window.shown = [];
            new MutationObserver((changes) => {
                const rows = changes.flatMap((change) => [...change.addedNodes]);
                window.shown.push(...rows.map((row) => row.textContent));
            }).observe(document.querySelector("#messages .rows"), { childList: true, subtree: true });
        }"""
    )
    page.route("**/lignes/**", hold)
    page.keyboard.press("j")
    with page.expect_request("**/lignes/**"):
        page.keyboard.press("e")
    while not held:
        page.wait_for_event("request")
    with page.expect_response("**/actes/archive/"):
        page.keyboard.press("e")
    with page.expect_response("**/lignes/**"):
        held[0][0].fulfill(response=held[0][1])
    expect(page.locator(SUBJECTS)).to_have_text(["Numéro 1", "Numéro 0"])
    assert not [one for one in page.evaluate("window.shown") if "Numéro 2" in one]


def test_the_menu_of_a_message_is_reached_to_its_end_when_zoomed(page: Page, box: MemoryMailbox) -> None:
    ref = put(box)
    for width, height in ((640, 430), (320, 380)):
        page.set_viewport_size({"width": width, "height": height})
        page.goto(address(ref))
        page.locator(".tools summary").click()
        last = page.get_by_role("link", name="Enregistrer le courriel")
        last.scroll_into_view_if_needed()
        last.click(trial=True)  # nothing lies over it
        page.keyboard.press("Escape")
        expect(last).not_to_be_visible()
        expect(
            page.get_by_role("heading", name="Sortie au Marquenterre")
        ).to_be_visible()  # only the menu closed
        assert page.url.endswith(address(ref))


def test_what_was_gone_already_is_not_said_to_be_archived(page: Page, box: MemoryMailbox) -> None:
    ref = put(box)
    page.goto(address(ref))
    page.get_by_role("heading", name="Sortie au Marquenterre").wait_for()
    box.expunge([ref])
    page.get_by_role("button", name="Archiver", exact=True).click()
    page.get_by_text("Ce courriel n’était plus là").wait_for()
    expect(page.get_by_text("Courriel archivé.")).to_have_count(0)


def test_nothing_is_archived_twice(page: Page, box: MemoryMailbox) -> None:
    put(box, folder="Archive", subject="Première")
    ref = put(box, folder="Archive", subject="Seconde", minutes=1)
    page.goto(address(ref))
    page.get_by_role("heading", name="Seconde").wait_for()
    page.keyboard.press("e")
    page.get_by_text("Vous êtes déjà dans les archives.").wait_for()
    expect(page.get_by_role("heading", name="Seconde")).to_be_visible()
    assert subjects(page) == ["Seconde", "Première"]


def test_a_refusal_is_told_before_the_dialog_not_behind(page: Page, box: MemoryMailbox) -> None:
    page.goto(address(put(box)))
    page.route("**/signaler/", lambda route: route.fulfill(status=503))
    page.get_by_role("button", name="Signaler", exact=True).click()
    page.get_by_role("button", name="Hameçonnage").click()
    page.locator("#notices .notice:has(> .icon)").wait_for()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_report_is_told_by_one_notice(page: Page, box: MemoryMailbox) -> None:
    page.goto(address(put(box)))
    page.get_by_role("button", name="Signaler", exact=True).click()
    page.get_by_role("button", name="Hameçonnage").click()
    page.get_by_text("Courriel signalé et rangé dans les indésirables.").wait_for()
    assert page.locator("#notices > *").count() == 1  # at once: one of two would leave by itself


DROPPED_FILE = """(place) => ["dragover", "drop"].map((kind) => {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File(["x"], "notes.pdf"));
  return place.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }));
})"""


def test_a_file_that_misses_the_mail_being_written_does_not_replace_the_page(
    page: Page, box: MemoryMailbox
) -> None:
    put(box)
    page.goto("/messagerie/")
    assert page.locator("#messages a.open").evaluate(DROPPED_FILE) == [False, False]
