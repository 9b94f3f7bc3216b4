"""The page of a mailing: what is ready is what its choices say."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_copies_prepared_for_another_choice_cannot_be_sent(page: Page) -> None:
    page.goto("/messagerie/ecrire/")
    page.get_by_role("combobox", name="À").fill("parent@dehors.example, autre@dehors.example")
    page.get_by_label("Objet").fill("Sortie")
    page.get_by_role("textbox", name="Message").fill("Bonjour")
    page.get_by_role("button", name="Un exemplaire par destinataire").click()
    page.get_by_role("button", name="Préparer et relire").click()
    send = page.get_by_role("button", name="Envoyer 2 exemplaires")
    expect(send).to_be_visible()
    page.get_by_label("Aux adresses d’un tableau").check()
    expect(send).to_be_hidden()
    expect(page.get_by_text("préparez et relisez de nouveau")).to_be_visible()
    page.get_by_label("Aux destinataires du message").check()
    expect(send).to_be_visible()
