"""The page of a mailing: what is ready is what its choices say."""

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from vaguemestre.mailbox.compose.models import Mailing

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def ready(page: Page) -> Locator:
    """The button that sends the copies of a mailing to two, on its page."""
    page.goto("/messagerie/ecrire/")
    page.get_by_role("combobox", name="À").fill("parent@dehors.example, autre@dehors.example")
    page.get_by_label("Objet").fill("Sortie")
    page.get_by_role("textbox", name="Message").fill("Bonjour")
    page.get_by_role("button", name="Un exemplaire par destinataire").click()
    page.get_by_role("button", name="Préparer et relire").click()
    send = page.get_by_role("button", name="Envoyer 2 exemplaires")
    expect(send).to_be_visible()
    page.wait_for_load_state()  # its script is there: before, the browser submits by itself
    return send


def test_copies_prepared_for_another_choice_cannot_be_sent(page: Page) -> None:
    send = ready(page)
    page.get_by_label("Aux adresses d’un tableau").check()
    expect(send).to_be_hidden()
    expect(page.get_by_text("préparez et relisez de nouveau")).to_be_visible()
    page.get_by_label("Aux destinataires du message").check()
    expect(send).to_be_visible()


def test_an_answer_lost_on_its_way_leaves_the_page_and_says_that_it_may_have_begun(page: Page) -> None:
    """The browser's own page took its place: nobody knew whether the letters had left."""
    send = ready(page)

    def lose_the_answer(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.abort("connectionreset")

    page.route("**/exemplaires/partir/**", lose_the_answer, times=1)
    send.click()
    expect(page.get_by_text("rien ne partira deux fois")).to_be_visible()
    assert Mailing.objects.get().state == "running"
    expect(send).to_be_enabled()
    send.click()
    expect(
        page.get_by_role("heading", name="Envoi en cours").or_(page.get_by_text("sur 2"))
    ).not_to_have_count(0)
    expect(send).to_have_count(0)
    assert Mailing.objects.count() == 1


def test_a_day_that_does_not_exist_is_answered_in_its_place(page: Page) -> None:
    ready(page)
    page.get_by_text("Envoyer plus tard").click()
    page.get_by_label("Date").fill("31/02/2027")
    page.get_by_role("button", name="Programmer l’envoi").click()
    expect(page.get_by_text("n’existe pas")).to_be_visible()
    expect(page.get_by_label("Date")).to_have_value("31/02/2027")
    expect(page.get_by_role("button", name="Envoyer 2 exemplaires")).to_be_visible()
