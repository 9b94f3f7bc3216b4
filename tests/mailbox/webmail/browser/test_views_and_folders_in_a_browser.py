"""Lists sorted, narrowed, grouped, acted on whole; folders changed; choices kept: by hand, in a browser."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from playwright.sync_api import Page, expect
from tests.browser import access_faults
from tests.engines.samples import letter
from tests.mailbox.webmail.browser.test_page_in_a_browser import Seen, letter_of
from tests.mailbox.webmail.conftest import NOW, address, put, ref_text

from vaguemestre.engines.memory.folder import StoredMessage
from vaguemestre.engines.memory.mailbox import MemoryMailbox, MemoryMailboxes
from vaguemestre.mailbox.webmail import handlers
from vaguemestre.mailbox.webmail.events import BulkRequested
from vaguemestre.mailbox.webmail.models import BulkRow, ReminderRow
from vaguemestre.mailbox.webmail.services import snooze
from vaguemestre.post.mailstore.ports import open_mailbox
from vaguemestre.post.mailstore.values import Clause, Only, View, Where

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def box(boxes: MemoryMailboxes, transactional_db: None) -> MemoryMailbox:
    return boxes.box("nmorel@ac-amiens.test")


def run_jobs() -> None:
    """What the worker would do of the acts on whole folders."""

    def work() -> None:
        for bulk in BulkRow.objects.filter(state="running"):
            handlers.run_bulk(BulkRequested(bulk.pk))
        connection.close()

    with ThreadPoolExecutor(1) as other:  # the browser's own loop runs in this thread
        other.submit(work).result()


def see(page: Page, *wanted: str) -> None:
    expect(page.locator("#messages li.row .subject-line > .clip")).to_have_text(list(wanted))


def folder(page: Page, name: str) -> None:
    page.get_by_role("button", name=f"Actions sur {name}").focus()
    page.keyboard.press("Enter")


def test_a_list_is_sorted_and_narrowed_from_its_menu(page: Page, box: MemoryMailbox) -> None:
    put(box, letter("Zoo", From="Anne <a@ac-amiens.test>"), minutes=1)
    put(box, letter("Art", From="Zoé <z@dehors.test>"), minutes=2, flags=("\\Seen", "\\Flagged"))
    page.goto("/messagerie/")
    page.locator(".looks > summary").click()
    page.get_by_role("radio", name="Expéditeur").check()
    page.get_by_role("button", name="Appliquer").click()
    see(page, "Zoo", "Art")
    assert "tri=expediteur" in page.url
    page.locator(".looks > summary").click()
    page.get_by_role("checkbox", name="Avec une étoile").check()
    page.get_by_role("button", name="Appliquer").click()
    see(page, "Art")
    page.get_by_text("Seulement : avec une étoile").wait_for()
    page.go_back()
    see(page, "Zoo", "Art")
    page.goto("/messagerie/INBOX/?seul=collegues")
    see(page, "Zoo")
    page.get_by_role("link", name="Tout montrer").click()
    see(page, "Art", "Zoo")


def test_one_goes_to_a_date_in_a_long_list(page: Page, box: MemoryMailbox) -> None:
    inbox = box._folder("INBOX")
    for number in range(2_000):
        inbox.add(
            StoredMessage(letter_of(number), frozenset({"\\Seen"}), NOW - timedelta(days=2_000 - number))
        )
    page.goto("/messagerie/")
    page.locator("#messages li.row a.open").first.focus()
    page.keyboard.press("g")
    field = page.get_by_role("textbox", name="Date")
    field.fill("hier")
    field.press("Enter")
    page.get_by_text("Écrivez la date ainsi").wait_for()
    field.fill(f"{NOW - timedelta(days=1_000):%d/%m/%Y}")
    field.press("Enter")
    page.wait_for_function("() => /Numéro (999|1000|1001)/.test(document.activeElement.innerText)")


def test_a_whole_folder_is_filed_in_the_background_and_brought_back(page: Page, box: MemoryMailbox) -> None:
    for number in range(120):
        put(box, letter_of(number), minutes=number)
    page.goto("/messagerie/")
    page.locator("#messages li.row a.open").first.focus()
    page.keyboard.press("Control+a")
    page.get_by_role("button", name="Tout le dossier (120)").click()
    page.get_by_text("Les 120 sélectionnés").wait_for()
    page.get_by_role("button", name="Archiver la sélection").press("Enter")
    page.get_by_text("0 courriel archivé sur 120").wait_for()
    expect(page.locator("#messages li.row a.open:focus")).to_have_count(1)
    run_jobs()
    page.get_by_text("120 courriels archivés.").wait_for()
    page.get_by_text("Rien ici pour le moment").wait_for()
    expect(page.get_by_role("heading", name="Boîte de réception")).to_be_focused()
    assert box.page("Archive", 0, 1).total == 120
    page.get_by_role("button", name="Annuler").click()
    page.get_by_text("0 courriel remis où il était sur 120").wait_for()
    run_jobs()
    page.get_by_text("120 courriels remis où ils étaient.").wait_for()
    page.get_by_text("Numéro 119").wait_for()
    assert box.page("INBOX", 0, 1).total == 120


def test_everything_is_selected_without_a_keyboard(page: Page, box: MemoryMailbox) -> None:
    for number in range(120):
        put(box, letter_of(number), minutes=number)
    page.goto("/messagerie/")
    page.locator("#messages li.row input").first.check(force=True)
    page.get_by_text("1 sélectionné", exact=True).wait_for()
    page.get_by_role("button", name="Tout sélectionner").click()
    page.get_by_role("button", name="Tout le dossier (120)").click()
    page.get_by_text("Les 120 sélectionnés").wait_for()
    expect(page.locator(".bulk .whole")).to_be_hidden()


def test_the_keyboard_is_back_in_the_list_after_an_act_on_several_and_after_its_undoing(
    page: Page, box: MemoryMailbox
) -> None:
    for number in range(3):
        put(box, letter_of(number), minutes=number)
    page.goto("/messagerie/")
    for place in (0, 1):
        page.locator("#messages li.row input").nth(place).check(force=True)
    page.get_by_role("button", name="Archiver la sélection").press("Enter")
    page.get_by_text("2 courriels archivés.").wait_for()
    expect(page.locator("#messages li.row a.open")).to_be_focused()
    page.get_by_role("button", name="Annuler").press("Enter")
    page.get_by_text("Annulé.").wait_for()
    page.locator("#messages li.row").nth(2).wait_for()
    expect(page.locator("#messages li.row").nth(2).locator("a.open")).to_be_focused()
    page.keyboard.press("Control+a")
    page.get_by_role("button", name="Supprimer la sélection").press("Enter")
    page.get_by_text("Rien ici pour le moment").wait_for()
    expect(page.get_by_role("heading", name="Boîte de réception")).to_be_focused()


def test_the_form_of_a_search_begins_with_what_is_typed(page: Page, box: MemoryMailbox) -> None:
    put(box)
    page.goto("/messagerie/")
    box_of_search = page.get_by_role("searchbox", name="Rechercher dans les courriels")
    form = page.get_by_role("dialog", name="Recherche détaillée")
    left = '-de:paul de:anne "sortie de:loin" from:marie dans:nullepart est:lu mots:clés musée'
    named = 'de:zoe À:cdi objet:"conseil de classe" apres:01/09/2026 dans:Archives a:pièce est:non-lu'
    box_of_search.fill(f"{named} {left}")
    page.get_by_role("button", name="Recherche détaillée").click()
    for name, said in (
        ("De", "zoe"),
        ("À", "cdi"),
        ("Objet", "conseil de classe"),
        ("À partir du", "01/09/2026"),
        ("Avant le", ""),
        ("Dans", "Archives"),
        ("Étiquette", ""),
    ):
        expect(form.get_by_label(name, exact=True)).to_have_value(said)
    expect(form.get_by_label("Avec pièce jointe")).to_be_checked()
    expect(form.get_by_label("Non lus seulement")).to_be_checked()
    assert form.get_by_label("Contient").input_value().split() == left.split()
    form.get_by_label("Contient").fill("musée")
    form.get_by_label("De", exact=True).fill("")
    form.get_by_role("button", name="Rechercher").click()
    expect(box_of_search).to_have_value(
        'à:cdi objet:"conseil de classe" après:01/09/2026 dans:Archives a:pièce est:non-lu musée'
    )
    page.get_by_role("button", name="Recherche détaillée").click()
    expect(form.get_by_label("Contient")).to_have_value("musée")  # nothing left of the time before
    expect(form.get_by_label("De", exact=True)).to_have_value("")


def test_a_subject_without_end_leaves_room_for_the_text(page: Page, box: MemoryMailbox) -> None:
    long = put(box, letter("Réunion " * 100), minutes=1)
    short = put(box, letter("Réunion"), minutes=2)
    page.goto(address(long))
    heading = page.locator("#message-subject")
    expect(heading).to_contain_text(("Réunion " * 100).strip())
    size = heading.evaluate("(it) => [it.clientHeight, it.scrollHeight]")
    assert size[0] < 150 < size[1]
    heading.focus()  # a stop of the Tab key, which arrows scroll
    assert heading.get_attribute("tabindex") == "0"
    page.keyboard.press("End")
    page.wait_for_function("() => document.querySelector('#message-subject').scrollTop > 0")
    page.emulate_media(media="print")
    assert heading.evaluate("(it) => it.clientHeight >= it.scrollHeight")
    page.emulate_media(media="screen")
    page.goto(address(short))
    assert heading.get_attribute("tabindex") == "-1"
    assert heading.evaluate("(it) => it.clientHeight >= it.scrollHeight")


def test_all_that_a_search_found_is_labelled_and_taken_back(page: Page, box: MemoryMailbox) -> None:
    for number in range(70):
        put(box, letter(f"Sortie {number}"), minutes=number, flags=("\\Seen",))
    put(box, letter("Autre chose"), flags=("\\Seen",))
    page.goto("/messagerie/?q=sortie")
    page.get_by_text("70 trouvés").wait_for()
    page.locator("#messages li.row a.open").first.focus()
    page.keyboard.press("Control+a")
    page.get_by_role("button", name="Toute la recherche (70)").click()
    page.get_by_text("Les 70 sélectionnés").wait_for()
    page.locator(".bulk summary").click()
    page.get_by_role("button", name="Étiqueter la sélection").click()
    page.get_by_role("dialog").get_by_label("À faire", exact=True).check()
    page.get_by_text("0 courriel étiqueté sur 70").wait_for()
    run_jobs()
    page.get_by_text("70 courriels étiquetés.").wait_for()
    page.locator("#messages li.row .lab-blue").nth(49).wait_for()
    labelled = View(clauses=(Clause(Where.LABEL, "$label4"),))
    assert box.look("INBOX", labelled, 0, 1).total == 70
    page.get_by_role("status").get_by_role("button", name="Annuler").click()
    page.get_by_text("0 courriel sorti de l’étiquette sur 70").wait_for()
    run_jobs()
    page.get_by_text("70 courriels sortis de l’étiquette.").wait_for()
    assert box.look("INBOX", labelled, 0, 1).total == 0


def test_a_whole_folder_is_put_off_from_the_keyboard_and_brought_back(page: Page, box: MemoryMailbox) -> None:
    for number in range(120):
        put(box, letter_of(number), minutes=number)
    page.goto("/messagerie/")
    page.locator("#messages li.row a.open").first.focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+a")
    page.get_by_text("Les 120 sélectionnés").wait_for()
    page.keyboard.press("b")
    page.get_by_role("dialog", name="Me le rappeler").get_by_role("button", name="Demain").press("Enter")
    page.get_by_text("0 courriel reporté sur 120").wait_for()
    run_jobs()
    page.get_by_text("120 courriels reportés.").wait_for()
    page.get_by_text("Rien ici pour le moment").wait_for()
    assert box.page("Reportés", 0, 1).total == 120
    page.get_by_role("button", name="Annuler").click()
    page.get_by_text("0 courriel remis où il était sur 120").wait_for()
    run_jobs()
    page.get_by_text("120 courriels remis où ils étaient.").wait_for()
    page.get_by_text("Numéro 119").first.wait_for()
    assert [box.page(one, 0, 1).total for one in ("INBOX", "Reportés")] == [120, 0]


def test_more_than_the_server_takes_at_once_are_put_off_one_lot_after_the_other(
    page: Page, box: MemoryMailbox
) -> None:
    refs = [ref_text(put(box, letter_of(number), minutes=number)) for number in range(130)]
    page.goto("/messagerie/")
    page.locator("#messages li.row").first.wait_for()
    page.evaluate("(refs) => document.querySelector('mail-app').reminders.open(refs)", refs)
    page.get_by_role("dialog", name="Me le rappeler").get_by_role("button", name="Demain").click()
    page.get_by_role("status").get_by_text("Rappel ").wait_for()
    assert box.page("Reportés", 0, 1).total == 130
    page.get_by_role("status").get_by_role("button", name="Annuler").click()
    page.get_by_text("Annulé.").wait_for()
    assert [box.page(one, 0, 1).total for one in ("INBOX", "Reportés")] == [130, 0]


def test_emptying_the_trash_says_how_many_and_can_be_stopped(page: Page, box: MemoryMailbox) -> None:
    for number in range(3):
        put(box, letter_of(number), folder="Trash")
    page.goto("/messagerie/")
    folder(page, "Corbeille")
    page.get_by_role("menuitem", name="Vider (3)").click()
    page.get_by_role("dialog").get_by_role("button", name="Vider (3)").click()
    page.get_by_text("3 courriels seront supprimés dans").wait_for()
    page.get_by_role("button", name="Annuler").click()
    page.get_by_text("Annulé.").wait_for()
    run_jobs()
    assert box.page("Trash", 0, 1).total == 3


def test_folders_are_made_named_put_away_and_thrown_from_the_keyboard(page: Page, box: MemoryMailbox) -> None:
    page.goto("/messagerie/")
    folders = page.get_by_role("navigation", name="Dossiers")
    page.get_by_role("button", name="Nouveau dossier").press("Enter")
    page.get_by_role("textbox", name="Nom du dossier").fill("a/b")
    page.keyboard.press("Enter")
    page.get_by_text("Ce nom de dossier n’est pas possible").wait_for()
    page.get_by_role("textbox", name="Nom du dossier").fill("Élèves")
    page.keyboard.press("Enter")
    folders.get_by_role("link", name="Élèves").wait_for()
    folder(page, "Élèves")
    page.get_by_role("menuitem", name="Renommer").press("Enter")
    page.get_by_role("textbox", name="Nom du dossier").fill("Parents")
    page.keyboard.press("Enter")
    folders.get_by_role("link", name="Parents").wait_for()
    page.get_by_role("dialog").wait_for(state="hidden")
    folder(page, "Parents")
    page.get_by_role("menuitem", name="Ranger dans").press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Archives").press("Enter")
    page.get_by_text("Dossier rangé.").wait_for()
    assert "Archive/Parents" in {one.name for one in box.folders()}
    folder(page, "Parents")
    page.get_by_role("menuitem", name="Cacher dans les autres logiciels").press("Enter")
    page.locator(".fold.unwanted").wait_for()
    folder(page, "Parents")
    page.get_by_role("menuitem", name="Supprimer le dossier").press("Enter")
    page.get_by_role("button", name="Mettre à la corbeille").press("Enter")
    page.get_by_text("mis à la corbeille").wait_for()
    assert "Trash/Parents" in {one.name for one in box.folders()}
    page.get_by_role("status").get_by_role("button", name="Annuler").last.click()
    page.locator('a.folder-link[data-folder="Archive/Parents"]').wait_for()


def test_messages_and_folders_are_dragged(page: Page, box: MemoryMailbox) -> None:
    box.make_folder("6e A")
    box.make_folder("Classes")
    put(box)
    page.goto("/messagerie/")
    row = page.locator("#messages li.row")
    row.drag_to(page.locator('a.folder-link[data-folder="6e A"]'))
    page.get_by_text("Courriel déplacé").wait_for()
    assert box.page("6e A", 0, 1).total == 1
    expect(page.locator('a.folder-link[data-folder="6e A"]')).to_contain_text(
        "1"
    )  # the pane was written anew
    page.locator('a.folder-link[data-folder="6e A"]').drag_to(
        page.locator('a.folder-link[data-folder="Classes"]')
    )
    page.locator('a.folder-link[data-folder="Classes/6e A"]').wait_for()
    page.locator('a.folder-link[data-folder="Classes/6e A"]').drag_to(page.locator(".cap-line"))
    page.locator('a.folder-link[data-folder="6e A"]').wait_for()


def test_the_menu_of_a_row_by_mouse_and_by_keyboard(page: Page, box: MemoryMailbox) -> None:
    ref = put(box, flags=("\\Seen",))
    page.goto("/messagerie/")
    with page.expect_response("**/on_use/menus*.js"):  # the page comes without them
        page.locator("#messages li.row").click(button="right")
    page.get_by_role("menuitem", name="Mettre une étoile").click()
    page.locator("#messages li.row.flagged").wait_for()
    page.locator("#messages li.row a.open").focus()
    page.keyboard.press("Shift+F10")
    menu = page.get_by_role("menu", name="Sortie au Marquenterre")
    menu.wait_for()
    assert access_faults(page) == []
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('li.row a.open')")
    page.keyboard.press("Shift+F10")
    page.get_by_role("menuitem", name="Marquer comme non lu").press("Enter")
    page.locator("#messages li.row.unread").wait_for()
    page.wait_for_function("() => document.title.startsWith('(1)')")
    assert page.locator('link[rel="icon"]').get_attribute("href").startswith("data:image/png")
    assert "\\Seen" not in box.open(ref).flags


def test_rows_are_chosen_with_shift_and_ctrl(page: Page, box: MemoryMailbox) -> None:
    for number in range(5):
        put(box, letter_of(number), minutes=number, flags=("\\Seen",))
    page.goto("/messagerie/")
    rows = page.locator("#messages li.row a.open")
    rows.nth(0).focus()
    page.keyboard.press("x")
    rows.nth(2).click(modifiers=["Shift"])
    page.get_by_text("3 sélectionnés").wait_for()
    rows.nth(1).click(modifiers=["Control"])
    page.get_by_text("2 sélectionnés").wait_for()
    page.keyboard.press("Escape")
    rows.nth(3).focus()
    page.keyboard.press("Shift+ArrowDown")
    page.get_by_text("2 sélectionnés").wait_for()
    page.keyboard.press("Delete")
    page.get_by_text("2 courriels mis à la corbeille.").wait_for()
    see(page, "Numéro 4", "Numéro 3", "Numéro 2")


def thread(box: MemoryMailbox) -> None:
    put(box, letter("Conseil", Message_ID="<1@x>", From="Anne <a@x.test>"), flags=("\\Seen",), minutes=1)
    sent = letter("Re: Conseil", Message_ID="<2@x>", In_Reply_To="<1@x>", References="<1@x>")
    put(box, sent, folder="Sent", flags=("\\Seen",), minutes=2)
    last = letter("Re: Conseil", Message_ID="<3@x>", In_Reply_To="<2@x>", References="<1@x> <2@x>")
    put(box, last, minutes=3)
    put(box, letter("Autre", Message_ID="<9@x>"), flags=("\\Seen",), minutes=0)


def test_the_acts_on_a_selection_stay_on_one_line(page: Page, box: MemoryMailbox) -> None:
    for minutes in range(4):
        put(box, minutes=minutes)
    page.goto("/messagerie/")
    for place in (0, 1):
        page.locator("#messages label.pick").nth(place).click()
    tops = page.locator(".bulk > .tool:visible, .bulk > .menu:visible").evaluate_all(
        "(tools) => tools.map((tool) => Math.round(tool.getBoundingClientRect().top))"
    )
    assert len(tops) == 8
    assert len(set(tops)) == 1, tops
    page.locator(".bulk summary").click()
    entry = page.get_by_role("button", name="Marquer comme non lus")
    expect(entry).to_be_in_viewport(ratio=1)
    entry.click()
    expect(entry).to_be_hidden()


def test_a_conversation_is_read_with_sent_mail_and_may_be_left_apart(page: Page, box: MemoryMailbox) -> None:
    thread(box)
    page.goto("/messagerie/")
    page.locator("#messages li.row a.open").nth(1).click()
    page.get_by_role("heading", name="Conseil", exact=True).wait_for()
    below = page.get_by_role("list", name="Courriels suivants de la conversation")
    # the first of it has no mark of an answer: another one of the conversation is opened
    page.locator("#messages li.row a.open").nth(0).click()
    above = page.get_by_role("list", name="Courriels précédents de la conversation")
    expect(above.get_by_role("listitem")).to_have_count(2)
    assert page.locator("iframe.body").count() == 1
    above.get_by_role("link").nth(1).click()
    above.get_by_role("link", name="Ouvrir seul").click()
    expect(below.get_by_role("listitem")).to_have_count(1)
    assert "/Sent/" in page.url
    marked = page.locator("#messages li.row.on")
    expect(marked).to_have_count(1)  # its conversation is still shown in the list
    expect(marked.locator("a.open")).to_have_attribute("aria-current", "true")
    page.get_by_role("button", name="Affichage").click()
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.get_by_role("radio", name="Jamais regroupées").check()
    page.get_by_role("dialog").get_by_role("button", name="Fermer").click()
    page.reload()
    page.get_by_role("heading", name="Re: Conseil").wait_for()
    page.wait_for_timeout(700)
    assert page.locator(".conv").count() == 0


def test_the_next_unread_is_first_that_of_the_conversation(page: Page, box: MemoryMailbox) -> None:
    put(box, letter("Autre", Message_ID="<9@x>"), minutes=9)
    put(box, letter("Conseil", Message_ID="<1@x>"), minutes=1)
    put(box, letter("Re: Conseil", Message_ID="<2@x>", In_Reply_To="<1@x>", References="<1@x>"), minutes=2)
    page.goto("/messagerie/")
    page.locator("#messages li.row a.open").nth(1).click()
    page.locator(".conv li[data-unread]").wait_for()
    page.keyboard.press("n")
    page.get_by_role("heading", name="Conseil", exact=True).wait_for()
    page.keyboard.press("n")
    page.get_by_role("heading", name="Autre").wait_for()


def test_a_list_is_grouped_by_conversation_on_demand(page: Page, box: MemoryMailbox) -> None:
    thread(box)
    page.goto("/messagerie/")
    see(page, "Re: Conseil", "Conseil", "Autre")
    page.get_by_role("button", name="Affichage").click()
    page.get_by_role("radio", name="Regroupées dans la liste").check()
    see(page, "Re: Conseil", "Autre")
    page.get_by_role("dialog").get_by_role("button", name="Fermer").click()
    page.get_by_text(", 2 courriels").wait_for(state="attached")
    page.locator("#messages li.row a.open").first.focus()
    page.keyboard.press("e")
    see(page, "Autre")
    page.get_by_text("2 courriels archivés.").wait_for()
    assert box.page("Archive", 0, 1).total == 2


def test_a_conversation_in_silence_stays_so(page: Page, box: MemoryMailbox) -> None:
    thread(box)
    page.goto("/messagerie/")
    page.locator("#messages li.row a.open").first.focus()
    page.keyboard.press("m")
    page.get_by_text("Conversation mise en sourdine.").wait_for()
    expect(page.locator("#messages li.row.muted")).to_have_count(2)
    unread = View(only=frozenset({Only.UNREAD}))
    assert box.look("INBOX", unread, 0, 1).total == 0
    put(box, letter("Re: Conseil", Message_ID="<4@x>", In_Reply_To="<3@x>"), minutes=8)
    put(box, letter("Re: Conseil", Message_ID="<5@x>", In_Reply_To="<4@x>"), minutes=9)
    page.get_by_role("button", name="Actualiser").click()
    expect(page.locator("#messages li.row.muted")).to_have_count(3)
    page.get_by_role("button", name="Actualiser").click()
    expect(page.locator("#messages li.row.muted")).to_have_count(4)
    assert box.look("INBOX", unread, 0, 1).total == 0
    page.locator("#messages li.row a.open").first.focus()
    page.keyboard.press("m")
    page.get_by_text("La conversation n’est plus en sourdine.").wait_for()
    put(box, letter("Re: Conseil", Message_ID="<6@x>", In_Reply_To="<5@x>"), minutes=10)
    page.get_by_role("button", name="Actualiser").click()
    page.locator("#messages li.row.unread").wait_for()


def test_opening_leaves_unread_who_chose_so(page: Page, box: MemoryMailbox) -> None:
    ref = put(box)
    page.goto("/messagerie/")
    page.get_by_role("button", name="Affichage").click()
    page.get_by_role("radio", name="Ne pas le marquer comme lu").check()
    page.get_by_role("radio", name="Serrée").check()
    page.get_by_role("dialog").get_by_role("button", name="Fermer").click()
    page.reload()
    assert page.locator("mail-app").get_attribute("data-density") == "serre"
    page.locator("#messages li.row.unread a.open").click()
    page.get_by_role("heading", name="Sortie au Marquenterre").wait_for()
    page.wait_for_timeout(300)
    assert "\\Seen" not in box.open(ref).flags
    assert page.locator("#messages li.row.unread").count() == 1


def test_plain_text_takes_the_face_chosen_at_once(page: Page, box: MemoryMailbox) -> None:
    put(box)
    page.goto("/messagerie/")
    page.locator("#messages li.row a.open").click()
    text = page.frame_locator("iframe.body").locator(".vm-text").first
    face = "one => getComputedStyle(one).fontFamily"
    assert "monospace" not in text.evaluate(face)
    page.get_by_role("button", name="Affichage").click()
    page.get_by_role("radio", name="À chasse fixe").check()
    expect(text).to_have_css("font-family", re.compile("monospace"))
    page.get_by_role("dialog").get_by_role("button", name="Fermer").click()
    page.reload()
    expect(text).to_have_css("font-family", re.compile("monospace"))


def test_panes_are_as_wide_as_one_left_them(page: Page, box: MemoryMailbox) -> None:
    put(box)
    page.goto("/messagerie/")
    split = page.get_by_role("separator", name="Largeur de la liste")
    split.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    wide = page.locator("#messages").bounding_box()
    assert wide is not None
    assert round(wide["width"]) == 440
    page.reload()
    expect(split).to_have_attribute("aria-valuenow", "440")


def test_labels_set_elsewhere_are_seen(page: Page, box: MemoryMailbox) -> None:
    put(box, flags=("\\Seen", "$label1", "Conseil_de_classe", "$HasAttachment", "NonJunk"))
    page.goto("/messagerie/")
    expect(page.locator("#messages li.row .label")).to_have_count(2)
    page.locator("#messages li.row").get_by_text("Important").wait_for()
    page.locator("#messages li.row").get_by_text("Conseil de classe").wait_for()


def test_a_full_box_says_what_to_do(page: Page, box: MemoryMailbox) -> None:
    put(box, letter("Lourd", "x" * 9_000), folder="Trash")
    box.room = 10_000
    page.goto("/messagerie/")
    page.get_by_text("Votre boîte est presque pleine.").or_(
        page.get_by_text("Votre boîte est pleine")
    ).wait_for()
    page.get_by_role("link", name="Voir les courriels les plus lourds").click()
    page.wait_for_url("**/Virtuel~2FAll/?tri=taille")
    page.get_by_role("button", name="Vider la corbeille (1)").click()
    page.get_by_role("dialog").get_by_text("1 courriel").wait_for()


def test_a_page_asleep_for_a_night_is_right_when_it_wakes(page: Page, box: MemoryMailbox) -> None:
    seen = Seen(page)
    refs = [put(box, letter_of(number), minutes=number) for number in range(3)]
    page.goto("/messagerie/")
    see(page, "Numéro 2", "Numéro 1", "Numéro 0")
    page.context.set_offline(True)
    box.expunge(refs[:1])
    box.flag(refs[1:2], ("\\Seen",), ())
    put(box, letter_of(9), minutes=9)
    box.make_folder("Fait ailleurs")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.context.set_offline(False)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    see(page, "Numéro 9", "Numéro 2", "Numéro 1")
    expect(page.locator("#messages li.row.unread")).to_have_count(2)
    page.get_by_role("navigation", name="Dossiers").get_by_role("link", name="Fait ailleurs").wait_for()
    page.wait_for_function("() => document.title.startsWith('(2)')")
    assert [error for error in seen.errors if "ERR_INTERNET_DISCONNECTED" not in error] == []


NOTICES = """
  window.told = [];
  window.Notification = class {
    static permission = "granted";
    static requestPermission() { return Promise.resolve("granted"); }
    constructor(words, { body }) { window.told.push([words, body]); }
    close() {}
  };
  Object.defineProperty(document, "visibilityState", { get: () => window.unseen ? "hidden" : "visible" });
"""


def test_a_notification_says_nothing_of_the_mail_unless_so_chosen(page: Page, box: MemoryMailbox) -> None:
    put(box, letter_of(0))
    page.add_init_script(NOTICES)
    page.goto("/messagerie/")

    def told_when_unseen(number: int) -> None:
        page.evaluate("window.unseen = true")
        put(box, letter_of(number), minutes=number)
        page.evaluate("document.querySelector('mail-app').refresh(true)")
        page.locator("#messages li.row").nth(number).wait_for()

    told_when_unseen(1)
    assert page.evaluate("window.told") == []  # nobody asked for any
    page.get_by_role("button", name="Affichage").click()
    page.get_by_role("radio", name="« Nouveau courriel », sans rien dire de plus").check()
    page.wait_for_function("() => document.querySelector('mail-app').dataset.notices === 'sans-contenu'")
    told_when_unseen(2)
    assert page.evaluate("window.told") == [["Nouveau courriel", ""]]
    page.evaluate("window.unseen = false")
    page.get_by_role("radio", name="Avec l’expéditeur et l’objet").check()
    page.wait_for_function("() => document.querySelector('mail-app').dataset.notices === 'avec-contenu'")
    told_when_unseen(3)
    assert page.evaluate("window.told[1]") == ["a@ac-amiens.test", "Numéro 3"]
    page.evaluate("window.unseen = false")
    put(box, letter_of(4), minutes=4)
    page.evaluate("document.querySelector('mail-app').refresh(true)")
    page.locator("#messages li.row").nth(4).wait_for()
    assert page.evaluate("window.told.length") == 2  # who looks needs no telling


def test_notifications_the_browser_refuses_are_told_and_not_chosen(page: Page, box: MemoryMailbox) -> None:
    put(box)
    page.add_init_script(NOTICES.replace('"granted"', '"denied"'))
    page.goto("/messagerie/")
    page.get_by_role("button", name="Affichage").click()
    page.get_by_role("radio", name="Avec l’expéditeur et l’objet").click()
    page.get_by_text("Le navigateur refuse les notifications").wait_for()
    expect(page.get_by_role("radio", name="Aucune")).to_be_checked()
    page.reload()
    assert page.locator("mail-app").get_attribute("data-notices") == "jamais"


def test_what_is_put_off_goes_comes_back_and_is_listed(page: Page, box: MemoryMailbox) -> None:
    put(box, letter_of(1), flags=("\\Seen",))
    put(box, letter_of(2), minutes=1, flags=("\\Seen",))
    page.goto("/messagerie/")
    page.locator("#messages li.row a.open").first.focus()
    page.keyboard.press("b")
    dialog = page.get_by_role("dialog", name="Me le rappeler")
    dialog.get_by_role("button", name="Demain").wait_for()
    dialog.get_by_role("button", name="Après les").or_(
        dialog.get_by_role("button", name="Après le pont")
    ).press("Enter")
    page.get_by_role("status").get_by_text("Rappel").wait_for()
    see(page, "Numéro 1")
    page.get_by_role("status").get_by_role("button", name="Annuler").click()
    see(page, "Numéro 2", "Numéro 1")
    page.locator("#messages li.row a.open").first.focus()
    page.keyboard.press("b")
    dialog.get_by_label("À une date").fill(f"{NOW + timedelta(days=9):%d/%m/%Y}")
    dialog.get_by_label("Heure").fill("14 h 30")
    page.keyboard.press("Enter")
    page.get_by_role("status").get_by_text("Rappel").wait_for()
    page.goto("/messagerie/suivi/")
    page.get_by_text(f"{NOW + timedelta(days=9):%Y} à 14 h 30").first.wait_for()


@pytest.mark.parametrize(
    ("key", "dialog"), [("b", "Me le rappeler"), ("g", "Aller à une date"), ("", "Recherche détaillée")]
)
def test_a_date_is_typed_or_chosen_in_a_calendar(
    page: Page, box: MemoryMailbox, key: str, dialog: str
) -> None:
    put(box, letter_of(1), flags=("\\Seen",))
    page.goto("/messagerie/")
    if key:
        page.locator("#messages li.row a.open").first.focus()
        page.keyboard.press(key)
    else:
        page.get_by_role("button", name="Recherche détaillée").click()
    shown = page.get_by_role("dialog", name=dialog)
    field = shown.locator("date-field").first
    expect(field.get_by_role("button", name="Ouvrir le calendrier")).to_be_visible()
    field.locator("input[type=date]").evaluate(
        "day => { day.value = '2026-12-04'; day.dispatchEvent(new Event('change')); }"
    )
    expect(field.locator("input").first).to_have_value("04/12/2026")
    assert access_faults(page) == []


def test_no_answer_to_what_was_sent_is_told_on_its_day(page: Page, box: MemoryMailbox) -> None:
    sent = letter("Devis du car", From="Nicolas <nmorel@ac-amiens.test>", Message_ID="<devis@x>")
    put(box, sent, folder="Sent", flags=("\\Seen",))
    page.goto("/messagerie/Sent/")
    page.locator("#messages li.row").click(button="right")
    page.get_by_role("menuitem", name="Me prévenir sans réponse").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Si personne n’a répondu").wait_for()
    dialog.get_by_role("button", name="Dans une semaine").click()
    page.get_by_role("status").get_by_text("Un rappel viendra si personne n’a répondu").wait_for()

    def a_week_later() -> None:
        for one in ReminderRow.objects.all():
            snooze.run_reminder(one.pk, open_mailbox.get(), now=one.due_at)
        connection.close()

    with ThreadPoolExecutor(1) as other:
        other.submit(a_week_later).result()
    page.goto("/messagerie/")
    page.get_by_role("link", name="1 courriel envoyé sans réponse").click()
    page.get_by_text("Personne n’a répondu").wait_for()
    page.get_by_role("link", name="Devis du car").click()
    page.get_by_role("heading", name="Devis du car").wait_for()
    page.locator("#messages li.row").get_by_text("Sans réponse").wait_for()


def test_always_filing_a_sender_begins_a_filter_from_that_message(page: Page, box: MemoryMailbox) -> None:
    ref = put(box, letter("Bulletin", From="Zoé Petit <zoe@dehors.example>"))
    page.goto("/messagerie/")
    page.locator("#messages li.row").click(button="right")
    page.get_by_role("menuitem", name="Toujours ranger les courriels de cet expéditeur").click()
    page.wait_for_url(f"**/parametres/filtres/nouveau?message=INBOX%2F{ref.uid_validity}%2F{ref.uid}")


def test_news_wait_for_the_end_of_a_drag(page: Page, box: MemoryMailbox) -> None:
    box.make_folder("4e B")
    box.make_folder("Classes")
    page.goto("/messagerie/")
    page.locator('a.folder-link[data-folder="4e B"]').hover()
    page.mouse.down()
    page.locator('a.folder-link[data-folder="Classes"]').hover()
    box.make_folder("Fait ailleurs")
    with page.expect_response("**/dossiers/**"):
        page.evaluate("void document.querySelector('mail-app').refresh(true)")
    assert page.locator('a.folder-link[data-folder="Fait ailleurs"]').count() == 0
    page.locator('a.folder-link[data-folder="Classes"]').hover()
    page.mouse.up()
    page.locator('a.folder-link[data-folder="Classes/4e B"]').wait_for()
    page.locator('a.folder-link[data-folder="Fait ailleurs"]').wait_for()


def test_news_wait_until_a_button_pressed_is_released(page: Page, box: MemoryMailbox) -> None:
    put(box, letter("Là avant"))
    page.goto("/messagerie/")
    row = page.locator("#messages li.row").first
    row.hover()
    page.mouse.down()
    put(box, letter("Arrivé depuis"))
    with page.expect_response("**/lignes/**"):
        page.evaluate("void document.querySelector('mail-app').refresh(true)")
    assert page.locator("#messages li.row").count() == 1
    page.mouse.up()
    page.locator("#reader iframe.body").wait_for()
    page.locator("#messages li.row").nth(1).wait_for()
