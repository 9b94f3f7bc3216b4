"""Given an address and an application password made on the site, a program finds the rest by itself."""

import imaplib
import smtplib
import ssl
import urllib.request
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page
from tests.journeys.conftest import Instance, wait_until
from tests.journeys.seen import field, sign_in

pytestmark = [pytest.mark.engines, pytest.mark.browser]


def found(instance: Instance, kind: str) -> tuple[str, int]:
    address = f"{instance.web}/.well-known/autoconfig/mail/config-v1.1.xml"
    with urllib.request.urlopen(address, timeout=60) as answer:
        root = ElementTree.fromstring(answer.read())
    server = root.find(f"emailProvider/{kind}")
    assert server is not None
    assert server.findtext("socketType") == "SSL"
    assert server.findtext("username") == "%EMAILADDRESS%"
    return str(server.findtext("hostname")), int(str(server.findtext("port")))


def test_an_address_and_a_password_are_enough_until_revoked(instance: Instance, page: Page) -> None:
    colleague = instance.account("colleague")
    sign_in(page, instance.web, colleague["username"], colleague["password"])
    page.goto(f"{instance.web}/appareils/")
    page.get_by_role("link", name="Créer un mot de passe d’application").click()
    field(page, "Nom").fill("Téléphone de test")
    page.get_by_role("button", name="Créer un mot de passe d’application").click()
    password = page.locator("#app-password").inner_text().strip()

    tls = ssl.create_default_context(cafile=instance.ready["ca"])
    client = imaplib.IMAP4_SSL(*found(instance, "incomingServer"), ssl_context=tls, timeout=60)
    client.login(colleague["address"], password)
    assert int(client.select("INBOX", readonly=True)[1][0] or 0) > 0
    # the page that showed the password sees the program come in
    page.get_by_text("Nous voyons votre téléphone se connecter : « Téléphone de test »").wait_for()
    with smtplib.SMTP_SSL(*found(instance, "outgoingServer"), context=tls, timeout=60) as sender:
        sender.login(colleague["address"], password)

    page.get_by_role("button", name="Révoquer Téléphone de test").click()
    page.get_by_role("status").filter(has_text="n’ouvre plus rien").wait_for()

    def is_closed() -> bool:
        try:
            client.noop()
        except (imaplib.IMAP4.error, OSError):
            return True
        return False

    wait_until(is_closed)
    client.shutdown()
    again = imaplib.IMAP4_SSL(*found(instance, "incomingServer"), ssl_context=tls, timeout=60)
    with pytest.raises(imaplib.IMAP4.error):
        again.login(colleague["address"], password)
    again.shutdown()
