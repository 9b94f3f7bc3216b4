"""Somebody whose account is closed is out within a minute: pages, programs that wait, applications."""

import imaplib
import smtplib
import ssl
from datetime import date, timedelta
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Page
from tests.journeys.conftest import Instance, wait_until
from tests.journeys.seen import field, imap
from tests.people.intake.lines import line

from vaguemestre.people.intake.feed_parsers.hr import COLUMNS

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
    out = smtplib.SMTP_SSL("localhost", instance.port("submissions"), context=tls, timeout=60)
    with out, pytest.raises(smtplib.SMTPAuthenticationError):
        out.login(person["address"], person["app_password"])

    def is_out_of_the_pages() -> bool:
        page.goto(f"{instance.web}/messagerie/")
        return "/alogin" in page.url

    wait_until(is_out_of_the_pages, 60)


LEAVER = {
    "dossier": "T32", "numen": "20E0200321TTA", "nom_naissance": "Quénard", "prenom": "Lucile",
    "date_naissance": "18/06/1988",
}  # fmt: skip


def applied(instance: Instance, folder: Path, **cells: str) -> None:
    file = folder / "agents.csv"
    file.write_text("\n".join([";".join(COLUMNS), line(**LEAVER, **cells), ""]), encoding="utf-8")
    said = instance.cli("feed", "apply", str(file), check=False)
    assert said.returncode == 0, said.stdout + said.stderr


def test_a_feed_that_closes_somebody_puts_them_out_of_the_applications(
    instance: Instance, page: Page, tmp_path: Path
) -> None:
    """Accolad by OpenID Connect, Salles by CAS: their own cookies open nothing any more."""
    applied(instance, tmp_path)
    page.goto(f"{instance.web}/assistant/?choix=identifiant")
    field(page, "NUMEN").fill(LEAVER["numen"])
    field(page, "Date de naissance").fill(LEAVER["date_naissance"])
    page.get_by_role("button", name="Continuer").click()
    for name in ("Nouveau mot de passe", "Confirmer le mot de passe"):
        field(page, name).fill("corail-lampe-Verger-39")
    page.get_by_label("J’accepte la charte").check()
    page.get_by_role("button", name="Activer mon compte").click()
    page.get_by_role("heading", name="Bonjour").wait_for()
    others = [f"http://localhost:{instance.base + place}/" for place in (2, 4)]
    for address in others:
        page.goto(address)
        page.get_by_role("heading", name="Bonjour").wait_for()
        assert page.request.get(address, max_redirects=0).status == 200

    long_ago = date.today() - timedelta(days=90)
    applied(instance, tmp_path, fin=f"{long_ago:%d/%m/%Y}")

    for address in others:
        wait_until(lambda at=address: page.request.get(at, max_redirects=0).status == 303, 60)
    page.goto(f"{instance.web}/")
    assert "/alogin" in page.url
