"""What must be refused is refused, in the same words wherever existence could leak."""

import imaplib
import smtplib
import ssl
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page
from tests.journeys.conftest import Instance
from tests.journeys.seen import field, imap

pytestmark = [pytest.mark.engines, pytest.mark.browser]


def refusal_on_the_page(page: Page, instance: Instance, username: str, password: str) -> str:
    page.context.clear_cookies()
    page.goto(f"{instance.web}/alogin")
    field(page, "Identifiant").fill(username)
    field(page, "Mot de passe ou passcode OTP").fill(password)
    page.get_by_role("button", name="Valider").click()
    page.wait_for_load_state()
    assert "/alogin" in page.url
    return page.get_by_role("alert").first.inner_text()


def test_an_unknown_name_and_a_wrong_password_read_the_same(instance: Instance, page: Page) -> None:
    teacher = instance.account("colleague")
    wrong = refusal_on_the_page(page, instance, teacher["username"], "faux-faux-faux-faux")
    unknown = refusal_on_the_page(page, instance, "personne-inconnue", "faux-faux-faux-faux")
    assert wrong == unknown != ""


@pytest.mark.parametrize("who", ["teacher", "newcomer", "nobody"])
def test_imap_refuses_in_the_same_words(instance: Instance, who: str) -> None:
    address = "inconnu.total@ac-amiens.test" if who == "nobody" else instance.account(who)["address"]
    secret = instance.account("newcomer")["numen"]
    with pytest.raises(imaplib.IMAP4.error) as refused, imap(instance, {"address": address}, secret):
        pass
    assert "AUTHENTICATIONFAILED" in str(refused.value)
    assert "Authentication failed." in str(refused.value)


def submission(instance: Instance) -> smtplib.SMTP:
    smtp = smtplib.SMTP("localhost", instance.port("submission"), timeout=60)
    smtp.starttls(context=ssl.create_default_context(cafile=instance.ready["ca"]))
    return smtp


def test_the_main_password_and_the_numen_open_nothing_on_smtp(instance: Instance) -> None:
    teacher, newcomer = instance.account("teacher"), instance.account("newcomer")
    for account, secret in ((teacher, teacher["password"]), (newcomer, newcomer["numen"])):
        with submission(instance) as smtp, pytest.raises(smtplib.SMTPAuthenticationError):
            smtp.login(account["address"], secret)


def refused_code(action: Callable[[], Any]) -> int:
    with pytest.raises(smtplib.SMTPException) as refused:
        action()
    error = refused.value
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return min(code for code, _ in error.recipients.values())
    assert isinstance(error, smtplib.SMTPResponseException)
    return error.smtp_code


def test_nobody_sends_as_somebody_else(instance: Instance) -> None:
    teacher, colleague = instance.account("teacher"), instance.account("colleague")
    with submission(instance) as smtp:
        smtp.login(teacher["address"], teacher["app_password"])
        text = "Subject: x\r\n\r\nx"
        assert refused_code(lambda: smtp.sendmail(colleague["address"], ["a@ailleurs.example"], text)) == 553
