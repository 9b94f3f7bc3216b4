"""A passkey is made on the security page and opens the portal without a name, in a real browser."""

import pytest
from playwright.sync_api import Browser
from tests.browser import access_faults
from tests.journeys.conftest import Instance
from tests.journeys.seen import field, sign_in

pytestmark = [pytest.mark.engines, pytest.mark.browser]

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_a_passkey_opens_without_a_name(instance: Instance, chromium: Browser) -> None:
    colleague = instance.account("colleague")
    context = chromium.new_context(locale="fr-FR")
    page = context.new_page()
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    sign_in(page, instance.web, colleague["username"], colleague["password"])
    page.goto(f"{instance.web}/parametres/securite")
    page.get_by_role("link", name="Ajouter une clé d’accès").click()
    field(page, "Nom de l'appareil").fill("Mon téléphone")
    assert access_faults(page) == []
    page.get_by_role("button", name="Créer la clé d’accès").click()
    page.get_by_text("La clé d’accès est ajoutée").wait_for()
    assert access_faults(page) == []
    page.get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url("**/alogin**")
    page.get_by_role("button", name="Utiliser une clé d’accès").click()
    page.get_by_role("heading", name="Bonjour").wait_for()
    page.goto(f"{instance.web}/parametres/securite")
    page.get_by_role("button", name="Retirer Mon téléphone").click()
    page.get_by_text("Cette clé d’accès ne sert plus").wait_for()
    page.get_by_role("button", name="Se déconnecter").click()
    page.get_by_role("button", name="Utiliser une clé d’accès").click()
    page.get_by_text("n’a pas été reconnue").wait_for()
    context.close()
