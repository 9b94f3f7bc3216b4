"""Somebody whose account is closed is out within a minute: the page, a program that waits, every door."""

import imaplib
import smtplib
import ssl

import pyotp
import pytest
from playwright.sync_api import Page
from tests.journeys.conftest import Instance, wait_until
from tests.journeys.seen import field, imap

pytestmark = [pytest.mark.engines, pytest.mark.browser]


def sign_in_twice(page: Page, instance: Instance, person: dict[str, str]) -> None:
    """The password, then a code of the application."""
    page.goto(f"{instance.web}/alogin")
    field(page, "Identifiant").fill(person["username"])
    field(page, "Mot de passe ou passcode OTP").fill(person["password"])
    page.get_by_role("button", name="Valider").click()
    code = pyotp.TOTP(person["totp_secret"], interval=int(person["totp_period"])).now()
    field(page, "Code de vérification").fill(code)
    page.get_by_role("button", name="Valider").click()
    page.wait_for_url(lambda url: "/alogin" not in url)


def test_a_leaver_is_out_everywhere(instance: Instance, page: Page) -> None:
    person = instance.account("hr_deep")
    sign_in_twice(page, instance, person)
    page.goto(f"{instance.web}/messagerie/")
    page.get_by_role("region", name="Messages").wait_for()
    tls = ssl.create_default_context(cafile=instance.ready["ca"])
    waiting = imaplib.IMAP4_SSL("localhost", instance.port("imaps"), ssl_context=tls, timeout=60)
    waiting.login(person["address"], person["app_password"])
    waiting.select("INBOX")
    waiting.send(b"x IDLE\r\n")
    assert waiting.readline().startswith(b"+")

    instance.cli("account", "close", person["username"])

    said = waiting.readline()  # the server ends the conversation itself, or simply hangs up
    while said and not said.startswith(b"* BYE"):
        said = waiting.readline()
    waiting.shutdown()

    def is_refused() -> bool:
        try:
            with imap(instance, person):
                return False
        except imaplib.IMAP4.error:
            return True

    wait_until(is_refused, 60)
    out = smtplib.SMTP_SSL("localhost", instance.port("submissions"), context=tls, timeout=20)
    with out, pytest.raises(smtplib.SMTPAuthenticationError):
        out.login(person["address"], person["app_password"])

    def is_out_of_the_pages() -> bool:
        page.goto(f"{instance.web}/messagerie/")
        return "/alogin" in page.url

    wait_until(is_out_of_the_pages, 60)
