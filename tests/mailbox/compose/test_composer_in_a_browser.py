"""The composer as hands meet it, in a real browser, over mailboxes in memory."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.db import connection
from django.utils.timezone import localdate
from playwright.sync_api import FrameLocator, Locator, Page, expect
from pytest_django.fixtures import Settings
from tests.browser import access_faults
from tests.engines.samples import letter
from tests.mailbox.webmail.conftest import address, put

from vaguemestre.engines.memory.mailbox import MemoryMailbox, MemoryMailboxes
from vaguemestre.mailbox.compose.handlers import restore_refused_draft
from vaguemestre.mailbox.compose.models import Identity, StockText
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.queries import primary_address
from vaguemestre.people.provisioning.ports import MailDirectory
from vaguemestre.post.outbox.events import MessageRefused
from vaguemestre.post.outbox.models import OutboxMessage, Submission

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

STOPPED_CLOCK = "window.shownTime = 5000; performance.now = () => window.shownTime"


@pytest.fixture
def box(boxes: MemoryMailboxes, transactional_db: None) -> MemoryMailbox:
    return boxes.box("nmorel@ac-amiens.test")


def in_database[T](query: Callable[[], T]) -> T:
    """What the query gives, asked beside the browser's own loop, which runs in this thread."""

    def ask() -> T:
        try:
            return query()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        return other.submit(ask).result()


def write_new(page: Page) -> FrameLocator:
    """A docked composer of a new message."""
    page.goto("/messagerie/")
    page.get_by_role("button", name="Nouveau courriel").first.click()
    composer = page.frame_locator(".composer-box iframe")
    expect(composer.get_by_role("combobox", name="À")).to_be_focused()
    return composer


def text_of(composer: FrameLocator) -> Locator:
    return composer.get_by_role("textbox", name="Message")


def test_tab_goes_from_the_subject_to_the_text(page: Page, box: MemoryMailbox) -> None:
    composer = write_new(page)
    composer.get_by_label("Objet").fill("Sortie")
    page.keyboard.press("Tab")
    page.keyboard.type("Bonjour à tous")
    expect(text_of(composer)).to_have_text("Bonjour à tous")
    expect(text_of(composer).locator("b")).to_have_count(0)
    page.keyboard.press("Shift+Tab")
    expect(composer.get_by_role("button", name="Gras")).to_be_focused()


def insert_table(composer: FrameLocator, rows: int, columns: int) -> None:
    text_of(composer).click()
    composer.get_by_role("button", name="Tableau", exact=True).click()
    composer.get_by_label("Lignes").fill(str(rows))
    composer.get_by_label("Colonnes").fill(str(columns))
    composer.get_by_role("button", name="Insérer le tableau").click()


def cells(composer: FrameLocator) -> list[str]:
    return [text.strip() for text in text_of(composer).get_by_role("cell").all_inner_texts()]


def test_tab_goes_from_cell_to_cell_and_the_last_one_adds_a_row(page: Page, box: MemoryMailbox) -> None:
    composer = write_new(page)
    insert_table(composer, 1, 2)
    keys = page.keyboard
    keys.type("Élève")  # the caret is in the first cell
    keys.press("Tab")
    keys.type("Note finale")
    assert cells(composer) == ["Élève", "Note finale"]
    keys.press("Shift+Tab")
    keys.type(" A")
    keys.press("Tab")
    keys.press("Tab")
    keys.type("Léa")
    assert cells(composer) == ["Élève A", "Note finale", "Léa", ""]
    assert in_database(OutboxMessage.objects.count) == 0
    for _ in range(3):  # back to the first cell, then out of the text
        keys.press("Shift+Tab")
    expect(composer.get_by_role("button", name="Supprimer le tableau")).to_be_focused()


def test_rows_and_columns_come_and_go_from_a_bar(page: Page, box: MemoryMailbox) -> None:
    composer = write_new(page)
    bar = composer.get_by_role("group", name="Tableau")
    expect(bar).to_be_hidden()
    insert_table(composer, 1, 2)
    page.keyboard.type("a")
    table = text_of(composer).get_by_role("table")
    for button, rows, count in (
        ("Ajouter une ligne", 2, 4),
        ("Ajouter une colonne", 2, 6),
        ("Retirer la ligne", 1, 3),
        ("Retirer la colonne", 1, 2),
    ):
        bar.get_by_role("button", name=button).click()
        expect(table.get_by_role("row")).to_have_count(rows)
        expect(table.get_by_role("cell")).to_have_count(count)
    composer.get_by_role("button", name="Annuler la frappe").click()
    expect(table.get_by_role("cell")).to_have_count(3)
    table.get_by_role("cell").first.click()
    bar.get_by_role("button", name="Supprimer le tableau").click()
    expect(table).to_have_count(0)
    expect(bar).to_be_hidden()
    page.keyboard.type("après")
    expect(text_of(composer)).to_contain_text("après")


@pytest.mark.parametrize(
    ("morning", "name"),
    [
        ({}, "Envoyer"),
        (
            {"until": f"{localdate() + timedelta(days=2)}T08:00", "words": "lundi à 08:00"},
            "Envoyer lundi à 08:00",
        ),
    ],
)
def test_a_space_typed_as_the_focus_leaves_the_text_sends_nothing(
    morning: dict[str, str], name: str, page: Page, box: MemoryMailbox
) -> None:
    """In working time, and in the evening, when another button comes first."""
    page.route(re.compile(r"/heures/"), lambda route: route.fulfill(json=morning))
    page.add_init_script(STOPPED_CLOCK)
    composer = write_new(page)
    page.keyboard.type("parent@dehors.example")
    text_of(composer).click()
    page.keyboard.type("Note")
    send = composer.get_by_role("button", name=name, exact=True)
    expect(send).to_be_visible()
    page.keyboard.press("Tab")
    expect(send).to_be_focused()
    page.keyboard.press("Space")
    expect(send).to_be_focused()
    assert in_database(OutboxMessage.objects.count) == 0
    send.evaluate("() => { window.shownTime += 600 }")
    page.keyboard.press("Space")
    expect(composer.locator("#sent")).to_be_visible()


def test_escape_closes_the_palette_and_then_folds_the_composer(page: Page, box: MemoryMailbox) -> None:
    composer = write_new(page)
    composer.get_by_role("button", name="Couleur", exact=True).click()
    expect(composer.get_by_role("group", name="Couleur du texte")).to_be_visible()
    page.keyboard.press("Escape")
    expect(composer.get_by_role("group", name="Couleur du texte")).to_be_hidden()
    expect(page.locator(".composer-box:not(.small)")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".composer-box.small")).to_be_visible()


def test_the_question_of_a_forgotten_file_goes_once_a_file_is_there(page: Page, box: MemoryMailbox) -> None:
    composer = write_new(page)
    page.keyboard.type("parent@dehors.example")
    text_of(composer).click()
    page.keyboard.type("La pièce jointe dit tout.")
    composer.get_by_role("button", name="Envoyer", exact=True).click()
    question = composer.get_by_text("Vous parlez d’une pièce jointe, mais il n’y en a pas.")
    expect(question).to_be_visible()
    composer.locator("#files").set_input_files(
        {"name": "note.txt", "mimeType": "text/plain", "buffer": b"texte"}
    )
    expect(question).to_be_hidden()


def drafts(box: MemoryMailbox) -> int:
    return box.page("Drafts", 0, 10).total


def sign_usually(html: str) -> None:
    account = Account.objects.get()
    Identity.objects.create(
        account=account,
        address=primary_address(account.person_id),
        name="Nicolas Morel",
        signed_with="own",
        signature=html,
        is_default=True,
    )


@pytest.mark.parametrize("opening", ["new", "reply", "forward"])
@pytest.mark.parametrize(
    "signature", ["", "<p>Nicolas Morel<br>CPE</p><table><tr><td>logo</td></tr></table>"]
)
def test_a_composer_nobody_typed_in_leaves_no_draft(
    page: Page, box: MemoryMailbox, opening: str, signature: str
) -> None:
    if signature:
        in_database(lambda: sign_usually(signature))
    saves: list[str] = []
    page.on("request", lambda request: "/brouillon/" in request.url and saves.append(request.url))  # type: ignore[call-overload]
    ref = put(box, letter("Sortie", From="Zoé Petit <zoe@dehors.test>"))
    page.goto(address(ref))
    page.get_by_role("heading", name="Sortie").wait_for()
    page.keyboard.press({"new": "c", "reply": "r", "forward": "f"}[opening])
    composer = page.frame_locator(".composer-box iframe")
    first = text_of(composer) if opening == "reply" else composer.get_by_role("combobox", name="À")
    expect(first).to_be_focused()
    if opening == "reply":
        expect(composer.locator(".person.outside")).to_be_visible()  # who it goes to was looked up
    text_of(composer).click()
    composer.get_by_label("Objet").click()
    page.goto("/contacts/")
    page.goto("/messagerie/")
    page.get_by_role("navigation", name="Dossiers").get_by_text("Brouillons").wait_for()
    expect(page.locator("vm-composer-dock")).to_be_attached()
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('vm:compose:'))") == []
    assert saves == []
    assert drafts(box) == 0


def test_what_was_typed_and_taken_out_again_leaves_no_draft(page: Page, box: MemoryMailbox) -> None:
    composer = write_new(page)
    text_of(composer).click()
    page.keyboard.type("a")
    expect(composer.get_by_text("Enregistré à")).to_be_visible()
    assert drafts(box) == 1
    with page.expect_response("**/brouillon/"):
        page.keyboard.press("Backspace")
    assert drafts(box) == 0
    with page.expect_response("**/brouillon/"):
        page.keyboard.type("b")
    assert drafts(box) == 1


def compose_and_send(page: Page) -> FrameLocator:
    composer = write_new(page)
    page.keyboard.type("parent@dehors.example")
    text_of(composer).click()
    page.keyboard.type("Bonjour")
    composer.get_by_role("button", name="Envoyer", exact=True).click()
    return composer


@pytest.fixture
def unhurried(settings: Settings) -> None:
    """Time enough to take a message back, however slow the machine."""
    settings.UNDO_SECONDS = 90


def move_outgoing(**fields: str) -> None:
    in_database(lambda: OutboxMessage.objects.update(**fields))


def bring_refused_back() -> None:
    """What the worker does with a refusal."""
    row = OutboxMessage.objects.get()
    restore_refused_draft(MessageRefused(row.account_id, row.key))


def test_a_message_is_said_sent_once_it_has_left(page: Page, box: MemoryMailbox, settings: Settings) -> None:
    settings.UNDO_SECONDS = 4
    composer = compose_and_send(page)
    status = composer.locator("#sent[role=status]")
    expect(status).to_contain_text(re.compile(r"Envoi dans [1-4] s"))
    expect(composer.get_by_role("button", name="Annuler l’envoi")).to_be_visible()
    assert page.evaluate("document.activeElement.localName") != "iframe", "keys are those of the page again"
    expect(composer.get_by_text("Courriel envoyé")).to_have_count(0)
    expect(status).to_contain_text("Envoi en cours…")
    expect(composer.get_by_role("button", name="Annuler l’envoi")).to_have_count(0)
    with page.expect_response("**/etat/**"):
        pass
    expect(composer.get_by_text("Courriel envoyé")).to_have_count(0)
    move_outgoing(state="submitted")
    expect(status).to_contain_text("Courriel envoyé")
    assert access_faults(page) == []
    move_outgoing(state="filed")
    expect(page.locator(".composer-box")).to_have_count(0)


def test_a_message_held_back_is_not_said_sent(page: Page, box: MemoryMailbox, settings: Settings) -> None:
    """Its author went on, believing that it had left."""
    settings.UNDO_SECONDS = 1
    composer = compose_and_send(page)
    status = composer.locator("#sent[role=status]")
    expect(status).to_contain_text("Envoi en cours…")
    in_database(hold_back)
    move_outgoing(state="submitted")
    expect(status).to_contain_text("Courriel retenu, rien n’est parti.")
    link = composer.get_by_role("link", name="Confirmez qu’il est de vous")
    expect(link).to_have_attribute("href", "/messagerie/envois/retenus/")
    with page.expect_response("**/etat/**"):
        move_outgoing(state="filed")
    expect(link).to_be_visible()
    expect(composer.get_by_text("Courriel envoyé")).to_have_count(0)
    assert access_faults(page) == []


def hold_back() -> None:
    """What the policy notes of too many people never written to."""
    row = OutboxMessage.objects.get()
    Submission.objects.create(
        account_id=row.account_id,
        queue_id="4Q",
        message_id=row.message_id,
        recipients=row.recipients,
        counted=1,
        hold="held",
        hold_code="outbox.burst",
        at=row.created_at,
    )


@pytest.mark.usefixtures("unhurried")
def test_an_imposed_signature_leaves_once_as_the_browser_gives_it_back(
    page: Page, box: MemoryMailbox, settings: Settings
) -> None:
    styled = (
        '<b>{nom}</b><br><font color="#003189">{academie}</font><br><p style="font-size: 13px">Rectorat</p>'
    )
    academy = replace(settings.CONFIG.academy, signature=styled, signature_use="imposed")
    settings.CONFIG = replace(settings.CONFIG, academy=academy)
    composer = write_new(page)
    page.keyboard.type("parent@dehors.example")
    text_of(composer).focus()
    page.keyboard.press("Control+Home")
    page.keyboard.type("Bonjour")
    composer.get_by_role("button", name="Envoyer", exact=True).click()
    expect(composer.get_by_text(re.compile(r"Envoi dans \d+ s"))).to_be_visible()
    content = in_database(lambda: bytes(OutboxMessage.objects.get().content))
    text = message_from_bytes(content, policy=policy.default).get_body(("html",)).get_content()
    assert (text.count("Rectorat"), text.count("Bonjour")) == (1, 1)


@pytest.mark.usefixtures("unhurried")
def test_a_message_is_taken_back_while_it_is_held(page: Page, box: MemoryMailbox) -> None:
    composer = compose_and_send(page)
    expect(composer.get_by_text(re.compile(r"Envoi dans \d+ s"))).to_be_visible()
    height = page.locator(".composer-box.gone").bounding_box()
    assert height is not None
    assert height["height"] < 80
    composer.get_by_role("button", name="Annuler l’envoi").click()
    expect(text_of(composer)).to_have_text("Bonjour")
    expect(composer.get_by_text(re.compile("Envoi dans|Courriel envoyé"))).to_have_count(0)
    assert in_database(lambda: OutboxMessage.objects.get().state) == "cancelled"


@pytest.mark.usefixtures("unhurried")
def test_a_message_that_is_held_is_told_where_other_notices_are(page: Page, box: MemoryMailbox) -> None:
    compose_and_send(page)
    page.locator(".composer-box.gone").wait_for()
    page.evaluate("window.vaguemestre.notify('Courriel archivé.')")
    held = page.locator(".composer-box.gone").bounding_box()
    other = page.locator("#notices").bounding_box()
    assert held is not None
    assert other is not None
    assert held["x"] + held["width"] / 2 == pytest.approx(other["x"] + other["width"] / 2, abs=1)
    assert held["width"] == pytest.approx(other["width"], abs=1)
    assert 0 < held["y"] - other["y"] - other["height"] < 20


def test_a_message_that_does_not_leave_comes_back_with_the_reason(
    page: Page, box: MemoryMailbox, settings: Settings
) -> None:
    settings.UNDO_SECONDS = 1
    composer = compose_and_send(page)
    expect(composer.get_by_text(re.compile("Envoi dans|Envoi en cours"))).to_be_visible()
    move_outgoing(state="refused", reason="outbox.refused-recipient")
    with page.expect_response("**/etat/**") as answer:
        pass
    assert answer.value.json()["state"] == "queued"  # not told before the draft is back
    in_database(bring_refused_back)
    expect(composer.get_by_role("alert").filter(has_text="Non envoyé.")).to_be_visible()
    expect(text_of(composer)).to_have_text("Bonjour")
    expect(composer.get_by_text("Courriel envoyé")).to_have_count(0)


def test_back_closes_the_composer_of_a_phone(page: Page, box: MemoryMailbox) -> None:
    put(box, letter("Sortie"))
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/contacts/")
    composer = write_new(page)
    page.keyboard.type("parent@dehors.example")
    page.go_back()
    expect(page.locator(".composer-box")).to_have_count(0)
    expect(page.get_by_role("region", name="Messages")).to_be_visible()
    assert page.url.endswith("/messagerie/")
    assert drafts(box) == 1
    page.locator("#messages a.open").click()
    page.get_by_role("heading", name="Sortie").wait_for()
    page.get_by_role("button", name="Répondre", exact=True).click()
    composer = page.frame_locator(".composer-box iframe")
    expect(text_of(composer)).to_be_focused()
    page.get_by_role("button", name="Fermer en gardant le brouillon").click()
    expect(page.locator(".composer-box")).to_have_count(0)
    page.wait_for_function("!history.state?.composer")
    page.get_by_role("heading", name="Sortie").wait_for()
    page.go_back()  # from the message, as if nothing had been written
    expect(page.locator("#messages a.open")).to_be_visible()
    page.go_back()
    page.wait_for_url("**/contacts/")


def test_an_unknown_address_of_ours_is_red_as_soon_as_it_is_a_person(
    page: Page, box: MemoryMailbox, directory: MailDirectory
) -> None:
    composer = write_new(page)
    page.keyboard.type("personne@ac-amiens.test, parent@dehors.example, ")
    expect(composer.locator(".person.wrong")).to_have_text(["personne@ac-amiens.test"])
    expect(composer.locator(".person.outside")).to_have_text(["parent@dehors.example"])
    words = "L’adresse personne@ac-amiens.test n’existe pas : vérifiez comment elle s’écrit."
    expect(composer.get_by_role("status").filter(has_text=words)).to_be_visible()


def test_what_is_struck_or_indented_can_be_undone_and_redone(page: Page, box: MemoryMailbox) -> None:
    composer = write_new(page)
    text = text_of(composer)
    text.click()
    page.keyboard.type("Bonjour")
    page.keyboard.press("Control+A")
    composer.get_by_role("button", name="Barré").click()
    composer.get_by_role("button", name="Augmenter le retrait").click()
    block = text.locator("div").first
    expect(block).to_have_css("margin-left", "40px")
    composer.get_by_role("button", name="Annuler la frappe").click()
    expect(block).to_have_css("margin-left", "0px")
    expect(text.locator("s")).to_have_text("Bonjour")
    composer.get_by_role("button", name="Rétablir la frappe").click()
    expect(block).to_have_css("margin-left", "40px")
    composer.get_by_role("button", name="Diminuer le retrait").click()
    expect(block).to_have_css("margin-left", "0px")
    overflow = "document.documentElement.scrollWidth - innerWidth"
    assert text.evaluate(f"() => {overflow}") <= 0, "all tools are in sight in the docked composer"


def test_what_was_written_becomes_a_stock_text_without_its_signature(page: Page, box: MemoryMailbox) -> None:
    in_database(lambda: sign_usually("<p>Nicolas</p>"))
    composer = write_new(page)
    text_of(composer).click()
    page.keyboard.type("Reçu, merci.")
    composer.get_by_role("button", name="Réponses types").click()
    title = composer.get_by_label("Enregistrer ce que j’ai écrit comme réponse type")
    composer.locator("#stock-keep").click()
    expect(composer.get_by_role("alert").filter(has_text="Donnez-lui un titre.")).to_be_visible()
    title.fill("Accusé")
    title.press("Enter")
    expect(composer.get_by_text("Réponse type enregistrée.")).to_be_visible()
    stored = in_database(lambda: list(StockText.objects.values_list("title", "html")))
    assert [name for name, _ in stored] == ["Accusé"]
    assert "Reçu, merci." in stored[0][1]
    assert "Nicolas" not in stored[0][1]


@pytest.mark.usefixtures("unhurried")
@pytest.mark.parametrize("key", ["Control+z", "z"])
def test_the_keys_that_undo_take_a_sending_back(page: Page, box: MemoryMailbox, key: str) -> None:
    composer = compose_and_send(page)
    expect(composer.get_by_text(re.compile(r"Envoi dans \d+ s"))).to_be_visible()
    page.keyboard.press(key)
    expect(text_of(composer)).to_have_text("Bonjour")
    assert in_database(lambda: OutboxMessage.objects.get().state) == "cancelled"


@pytest.mark.usefixtures("unhurried")
def test_once_sent_the_keys_are_those_of_the_page_again(page: Page, box: MemoryMailbox) -> None:
    first, second = (put(box, letter(f"Une question {n}"), minutes=n) for n in (1, 2))
    page.goto(address(second))
    page.keyboard.press("r")
    composer = page.frame_locator(".composer-box iframe")
    expect(text_of(composer)).to_be_focused()
    page.keyboard.type("Bonjour")
    page.keyboard.press("Control+Enter")
    expect(composer.get_by_text(re.compile(r"Envoi dans \d+ s"))).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{address(first)}")
    assert in_database(lambda: OutboxMessage.objects.get().state) == "held", "Entrée took nothing back"
    page.keyboard.press("e")
    expect(page.get_by_text("Courriel archivé.")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(page.get_by_text("Courriel archivé.")).to_have_count(0)
    assert in_database(lambda: OutboxMessage.objects.get().state) == "held", "the last act came back"
    expect(page.get_by_text("Annulé.", exact=True)).to_be_visible()  # which is no act to undo
    reader = page.get_by_role("region", name="Lecture")  # it opens again: an answer beside is then reduced
    expect(reader.get_by_role("heading", name="Une question 1")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(text_of(composer)).to_contain_text("Bonjour")
    assert in_database(lambda: OutboxMessage.objects.get().state) == "cancelled"


def test_the_tools_of_a_docked_answer_are_all_in_sight(page: Page, box: MemoryMailbox) -> None:
    page.goto(address(put(box, letter("Une question"))))
    page.locator("mail-app").evaluate("app => { app.dataset.answers = 'fenetre' }")
    page.keyboard.press("r")
    bar = page.frame_locator(".composer-box iframe").locator(".sendbar")
    expect(bar.get_by_role("button", name="Envoyer et archiver")).to_be_visible()
    expect(bar.get_by_role("button", name="Abandonner ce brouillon")).to_be_visible()
    assert bar.evaluate("bar => bar.scrollWidth <= bar.clientWidth")


def test_a_quoted_letter_draws_nothing_over_the_recipients(page: Page, box: MemoryMailbox) -> None:
    page.set_viewport_size({"width": 390, "height": 550})
    quoted = (
        '<p>Bonjour</p><div style="margin-bottom:-600px;height:10px"></div>'
        f"<p>{'█ Rectrice ' * 200}</p><p>Fin</p>"
    )
    page.goto(address(put(box, letter("Une question", quoted).replace(b"text/plain", b"text/html"))))
    page.get_by_role("button", name="Répondre", exact=True).click()
    composer = page.frame_locator(".composer-box iframe")
    expect(text_of(composer)).to_be_visible()
    composer.locator("#unfold").click()
    expect(text_of(composer)).to_contain_text("Rectrice")
    composer.locator("#to").scroll_into_view_if_needed()
    drawn_above = text_of(composer).evaluate(
        """(editor) => {
            const { left, top, right } = editor.getBoundingClientRect();
            const told = new Set();
            for (let y = 1; y < top; y += 6)
                for (let x = left; x < right; x += 6)
                    for (const hit of document.elementsFromPoint(x, y))
                        if (editor.contains(hit)) told.add(`${hit.tagName} at ${y}`);
            return [...told];
        }"""
    )
    assert drawn_above == []


def test_the_tools_of_an_answer_under_its_letter_take_one_line(page: Page, box: MemoryMailbox) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(address(put(box, letter("Une question"))))
    page.keyboard.press("r")
    composer = page.frame_locator(".composer-box iframe")
    expect(composer.get_by_role("button", name="Rétablir la frappe")).to_be_visible()
    tops = composer.locator("#toolbar .tool").evaluate_all(
        "(tools) => [...new Set(tools.map((tool) => tool.offsetTop))]"
    )
    assert len(tops) == 1
    name = composer.locator("label[for=to]").bounding_box()
    copies = composer.get_by_role("button", name="Ajouter des destinataires en copie").bounding_box()
    assert name
    assert copies
    assert abs(name["y"] + name["height"] - copies["y"] - copies["height"]) < 8


def test_what_sends_an_answer_takes_one_line_on_a_phone(page: Page, box: MemoryMailbox) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": True})  # tools of the size of a finger
    session.send("Emulation.setEmulatedMedia", {"features": [{"name": "pointer", "value": "coarse"}]})
    page.goto(address(put(box, letter("Une question"))))
    page.get_by_role("button", name="Répondre", exact=True).first.click()
    bar = page.frame_locator(".composer-box iframe").locator(".sendbar")
    expect(bar.get_by_role("button", name="Abandonner ce brouillon")).to_be_visible()
    tops = bar.locator("button:visible").evaluate_all(
        "(buttons) => [...new Set(buttons.map((button) => button.offsetTop))]"
    )
    assert len(tops) == 1
    assert bar.evaluate("bar => bar.scrollWidth <= bar.clientWidth")


def test_what_is_answered_is_archived_once_the_answer_has_left(
    page: Page, box: MemoryMailbox, settings: Settings
) -> None:
    settings.UNDO_SECONDS = 1
    page.goto(address(put(box, letter("Une question"))))
    page.keyboard.press("r")
    composer = page.frame_locator(".composer-box iframe")
    composer.get_by_role("button", name="Envoyer et archiver").click()
    expect(composer.get_by_text(re.compile("Envoi dans|Envoi en cours"))).to_be_visible()
    assert len(box._folder("INBOX").messages) == 1, "not before it has left"
    move_outgoing(state="filed")
    expect(page.get_by_text("Courriel archivé.")).to_be_visible()


def test_a_text_made_plain_comes_back_as_it_was(page: Page, box: MemoryMailbox) -> None:
    composer = write_new(page)
    insert_table(composer, 1, 2)
    page.keyboard.type("Élève")
    mode = composer.get_by_role("button", name="Sans mise en forme")
    mode.click()
    expect(composer.locator("#text")).to_have_value(re.compile("Élève"))
    mode.click()
    expect(text_of(composer).get_by_role("cell").first).to_have_text("Élève")
    mode.click()
    composer.locator("#text").press("Control+End")
    page.keyboard.type("et la suite")
    mode.click()
    expect(text_of(composer)).to_contain_text("et la suite")
    expect(text_of(composer).get_by_role("table")).to_have_count(0)
    composer.get_by_role("button", name="Annuler la frappe").click()
    expect(text_of(composer).get_by_role("cell").first).to_have_text("Élève")
