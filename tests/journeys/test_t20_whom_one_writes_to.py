"""People become chips, what is wrong is said at once, and each warning is one click long."""

import re
import secrets
import smtplib
from datetime import date, timedelta
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.journeys.conftest import Instance
from tests.journeys.seen import label, sign_in, wait_until_sent

pytestmark = [pytest.mark.engines, pytest.mark.browser]


@pytest.fixture
def composer(instance: Instance, page: Page) -> Page:
    teacher = instance.account("teacher")
    sign_in(page, instance.web, teacher["username"], teacher["password"])
    page.goto(f"{instance.web}/messagerie/ecrire/")
    return page


def chips(page: Page, field: str = "Destinataires choisis") -> list[str]:
    found = page.get_by_role("list", name=field).get_by_role("listitem")
    return [" ".join(text.split()) for text in found.all_inner_texts()]


def test_what_is_only_typed_leaves_too(composer: Page) -> None:
    composer.get_by_label("À", exact=True).fill("quelqu.un@dehors.example")
    composer.get_by_label("Objet").fill(f"Direct {secrets.token_hex(4)}")
    composer.get_by_role("button", name="Envoyer", exact=True).click()
    wait_until_sent(composer)


def test_a_colleague_is_proposed_with_their_school_and_chosen_by_keyboard(
    instance: Instance, composer: Page
) -> None:
    colleague = instance.account("colleague")
    field = composer.get_by_role("combobox", name="À")
    field.press_sequentially(colleague["address"].split(".")[1][:5])
    option = composer.get_by_role("option").filter(has_text=colleague["address"])
    expect(option).to_contain_text(re.compile("coll|école|lyc", re.IGNORECASE))
    while option.get_attribute("aria-selected") != "true":
        field.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") == option.get_attribute("id")
    field.press("Enter")
    assert len(chips(composer)) == 1
    field.press("Backspace")  # goes to the chip…
    expect(composer.locator(".person .who")).to_be_focused()
    composer.keyboard.press("Delete")  # …and takes it away
    assert chips(composer) == []
    expect(field).to_be_focused()


def test_many_pasted_addresses_become_people_and_the_wrong_one_is_named(composer: Page) -> None:
    field = composer.get_by_label("Cci", exact=True)
    column = "Durand, Marie <m.durand@dehors.example>\npaul@dehors.example;faux@\n\tPAUL@dehors.example"
    field.evaluate(
        """(input, text) => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", text);
            const how = {clipboardData, bubbles: true, cancelable: true};
            input.dispatchEvent(new ClipboardEvent("paste", how));
        }""",
        column,
    )
    assert chips(composer, "Copies cachées choisies") == ["Durand, Marie", "paul@dehors.example", "faux@"]
    expect(composer.get_by_role("alert").filter(has_text="faux@")).to_be_visible()
    composer.get_by_label("Objet").fill("x")
    composer.get_by_role("button", name="Envoyer", exact=True).click()
    expect(field).to_be_focused()  # the field to mend
    composer.get_by_role("button", name="Retirer faux@").click()
    expect(composer.get_by_role("alert").filter(has_text="faux@")).to_have_count(0)


def absence(page: Page, instance: Instance, *, is_on: bool) -> None:
    colleague = instance.account("colleague")
    page.context.clear_cookies()
    sign_in(page, instance.web, colleague["username"], colleague["password"])
    page.goto(f"{instance.web}/parametres/absence")
    page.get_by_role("switch", name=label("Activer la notification d'absence")).set_checked(is_on)
    page.get_by_label("Début", exact=True).fill("01/01/2026")
    page.get_by_label("Fin", exact=True).fill("31/12/2027")
    page.get_by_label(label("Message aux correspondants internes")).fill("Absent.")
    page.get_by_label(label("Message aux correspondants externes")).fill("Absent.")
    page.get_by_role("button", name=label("Appliquer les modifications")).click()
    expect(page.get_by_text(label("Modifications appliquées"))).to_be_visible()
    page.context.clear_cookies()


def test_somebody_outside_among_colleagues_and_somebody_away_are_told_while_writing(
    instance: Instance, page: Page
) -> None:
    absence(page, instance, is_on=True)
    try:
        teacher = instance.account("teacher")
        sign_in(page, instance.web, teacher["username"], teacher["password"])
        page.goto(f"{instance.web}/messagerie/ecrire/")
        inside = ", ".join(instance.account(role)["address"] for role in ("colleague", "head"))
        page.get_by_label("À", exact=True).fill(f"{inside}, parent@dehors.example,")
        notes = page.locator("#notes")
        expect(notes).to_contain_text("Hors de l’académie\xa0: parent@dehors.example.")
        expect(notes).to_contain_text("absence annoncée jusqu’au 31/12/2027")
        assert page.locator(".person.outside").count() == 1
        assert page.locator(".person.absent").count() == 1
    finally:
        absence(page, instance, is_on=False)


def test_many_visible_recipients_are_hidden_in_one_click(composer: Page) -> None:
    composer.get_by_label("À", exact=True).fill(
        ", ".join(f"parent{n}@dehors.example" for n in range(31)) + ","
    )
    composer.get_by_label("Objet").fill("Sortie")
    composer.get_by_role("button", name="Envoyer", exact=True).click()
    question = composer.get_by_role("alert").filter(has_text="31 destinataires verront")
    expect(question).to_contain_text("Les mettre en copie cachée ?")
    question.get_by_role("button", name="Mettre en copie cachée").click()
    assert len(chips(composer, "Copies cachées choisies")) == 31
    assert chips(composer) == []


def test_a_forgotten_attachment_is_asked_about_once(composer: Page) -> None:
    composer.get_by_label("À", exact=True).fill("parent@dehors.example")
    composer.get_by_label("Objet").fill("Le document")
    composer.get_by_role("textbox", name="Message").click()
    composer.keyboard.type("Vous trouverez ci-joint le document.")
    composer.keyboard.press("Control+Enter")
    question = composer.get_by_role("alert").filter(has_text="Vous parlez d’une pièce jointe")
    question.get_by_role("button", name="Envoyer sans").click()
    wait_until_sent(composer)


def test_an_answer_to_a_whole_list_is_thought_over(instance: Instance, page: Page) -> None:
    teacher, mark = instance.account("teacher"), secrets.token_hex(4)
    message = EmailMessage()
    message["From"], message["To"] = "Une collègue <une@dehors.example>", teacher["address"]
    message["Cc"], message["Subject"] = "liste@dehors.example", f"Liste {mark}"
    message["List-Id"], message["Date"] = "Salle des profs <profs.dehors.example>", formatdate()
    message["Message-ID"] = make_msgid(domain="dehors.example")
    message.set_content("Qui vient ?")
    with smtplib.SMTP("localhost", instance.port("mx"), local_hostname="mail.dehors.example") as smtp:
        smtp.send_message(message, "une@dehors.example", [teacher["address"]])
    sign_in(page, instance.web, teacher["username"], teacher["password"])
    page.goto(f"{instance.web}/messagerie/")
    page.get_by_role("region", name="Messages").get_by_text(f"Liste {mark}").first.click()
    page.get_by_role("button", name="Répondre à tous").first.click()
    frame = page.frame_locator("iframe[title=Rédaction]")
    frame.locator("#editor").click()  # not the plain field that stands there until the script has come
    page.keyboard.type("Moi")
    frame.get_by_role("button", name="Envoyer", exact=True).click()
    question = frame.get_by_role("alert").filter(has_text="tous les abonnés de la liste « Salle des profs »")
    question.get_by_role("button", name="Répondre à l’expéditeur seulement").click()
    people = frame.get_by_role("list", name="Destinataires choisis").get_by_role("listitem")
    expect(people).to_have_text(["Une collègue"])
    expect(frame.get_by_role("list", name="Copies choisies").get_by_role("listitem")).to_have_count(0)


def test_a_second_thought_keeps_the_hour_chosen(composer: Page) -> None:
    composer.get_by_label("À", exact=True).fill("parent@dehors.example")
    composer.get_by_label("Objet").fill(f"Plus tard {secrets.token_hex(4)}")
    composer.get_by_role("textbox", name="Message").click()
    composer.keyboard.type("Voir PJ.")
    composer.get_by_role("button", name="Envoyer plus tard").click()
    composer.get_by_role(
        "button", name="Demain à 8 h", exact=True
    ).click()  # in the evening another is offered
    composer.get_by_role("button", name="Programmer sans").click()
    expect(composer.get_by_text("Courriel programmé pour le")).to_be_visible()
    composer.get_by_role("button", name=label("Annuler l'envoi")).click()
    expect(composer.get_by_label("Objet")).to_be_visible()


def test_all_of_it_is_done_without_a_mouse(composer: Page) -> None:
    keys = composer.keyboard

    def here() -> Locator:
        return composer.locator(":focus")

    expect(here()).to_have_id("to")
    keys.type("parent@dehors.example")
    for _ in range(3):
        keys.press("Tab")
    keys.type(f"Clavier {secrets.token_hex(4)}")
    keys.press("Tab")
    expect(here()).to_have_id("editor")
    keys.press("Shift+Tab")  # the toolbar is one stop before the text
    while "Lien" not in str(here().get_attribute("title")):
        keys.press("ArrowRight")
    keys.press("Tab")
    expect(here()).to_have_id("editor")
    keys.type("Voir PJ. ")
    keys.press("Control+k")
    keys.type("www.education.gouv.fr")
    keys.press("Enter")  # puts the link, and comes back to the text
    expect(here()).to_have_id("editor")
    expect(composer.get_by_role("link", name="www.education.gouv.fr")).to_be_visible()
    while here().get_attribute("id") != "later":
        keys.press("Tab")
    keys.press("Enter")
    while here().get_attribute("id") != "later-day":  # before eight there is one choice more
        keys.press("Tab")
    keys.type("1/1/2020")
    keys.press("Enter")
    expect(here()).to_have_text("Joindre des fichiers")
    keys.press("Tab")
    keys.press("Enter")
    expect(composer.locator("#later-error")).to_be_visible()
    expect(here()).to_have_id("later-day")
    keys.press("Control+a")
    keys.type((date.today() + timedelta(2)).strftime("%d/%m/%Y"))
    keys.press("Enter")
    keys.press("Tab")
    keys.press("Enter")
    expect(here()).to_have_text(label("Annuler l'envoi"))
    keys.press("Enter")
    expect(here()).to_have_id("editor")
