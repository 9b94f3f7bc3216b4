"""The page of steps and the documents of programs, asked as programs ask."""

import plistlib
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client
from tests.signin.people import PASSWORD, account

from vaguemestre.credentials.models import Account, AppPassword
from vaguemestre.credentials.rules.app_passwords import sha256_of
from vaguemestre.devices.ports import sign
from vaguemestre.engines import certificates
from vaguemestre.engines.signing import Signature
from vaguemestre.kernel.errors import EngineRefused
from vaguemestre.site.config import Config

pytestmark = pytest.mark.django_db

REQUEST = "<Autodiscover><Request><EMailAddress>{}</EMailAddress></Request></Autodiscover>"


@pytest.fixture
def signed_by(tmp_path: Path) -> Iterator[Path]:
    """The CA of a signature made with an instance's own certificate."""
    config, held = Config(home=tmp_path), sign.get()
    made = certificates.make_missing(config, now=datetime.now(UTC))
    sign.plug(Signature(config))
    yield made.ca
    sign.plug(held)


@pytest.fixture
def nicolas() -> Account:
    return account()


@pytest.fixture
def client(nicolas: Account) -> Client:
    made = Client()
    answer = made.post("/alogin", {"identifiant": nicolas.username, "secret": PASSWORD})
    assert answer.status_code == 302
    return made


def verified(content: bytes, ca: Path, folder: Path) -> bytes:
    """What the signature holds, once `openssl` agrees with it."""
    (folder / "profile").write_bytes(content)
    command = [
        "openssl",
        "cms",
        "-verify",
        "-inform",
        "DER",
        "-in",
        "profile",
        "-CAfile",
        str(ca),
        "-purpose",
        "any",
    ]
    return subprocess.run(command, cwd=folder, capture_output=True, check=True).stdout


def test_anybody_reads_the_page_and_nobody_else_s_address_is_on_it(client: Client, nicolas: Account) -> None:
    page = Client().get("/appareils/").content.decode()
    for name in ("Thunderbird", "Outlook", "iPhone", "iPad", "Android", "IMAP"):
        assert name in page
    assert "@ac-amiens.test" not in page
    assert "@ac-amiens.test" in client.get("/appareils/").content.decode()


def test_known_and_unknown_addresses_get_the_same_answer(nicolas: Account) -> None:
    for ask in (
        lambda address: Client().get(f"/.well-known/autoconfig/mail/config-v1.1.xml?emailaddress={address}"),
        lambda address: Client().post(
            "/autodiscover/autodiscover.xml", REQUEST.format(address), content_type="text/xml"
        ),
    ):
        known, unknown = ask(nicolas.mailbox), ask("xmorel@ac-amiens.test")
        assert known.status_code == unknown.status_code == 200
        assert known.content == unknown.content.replace(b"xmorel", b"nmorel")


def test_a_program_that_asks_badly_gets_an_answer_it_understands() -> None:
    for answer in (
        Client().get("/autodiscover/autodiscover.xml"),
        Client().post("/Autodiscover/Autodiscover.xml", "x", content_type="text/xml"),
    ):
        assert answer.status_code == 200
        assert b"<ErrorCode>600</ErrorCode>" in answer.content


def test_programs_need_no_page_to_ask() -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(
        "/autodiscover/autodiscover.xml", REQUEST.format("a@b.test"), content_type="text/xml"
    )
    assert answer.status_code == 200


def test_a_profile_is_signed_and_holds_no_password(client: Client, signed_by: Path, tmp_path: Path) -> None:
    answer = client.get("/appareils/apple.mobileconfig")
    assert answer["Content-Type"] == "application/x-apple-aspen-config"
    (held,) = plistlib.loads(verified(answer.content, signed_by, tmp_path))["PayloadContent"]
    assert held["EmailAccountName"] == "Nicolas Morel"
    assert "IncomingPassword" not in held
    assert not AppPassword.objects.exists()


def test_a_profile_may_hold_a_password_made_for_it(
    client: Client, nicolas: Account, signed_by: Path, tmp_path: Path
) -> None:
    answer = client.post("/appareils/apple/profil")
    assert "no-store" in answer["Cache-Control"]
    (held,) = plistlib.loads(verified(answer.content, signed_by, tmp_path))["PayloadContent"]
    made = AppPassword.objects.get(account=nicolas)
    assert made.token_sha256 == sha256_of(held["IncomingPassword"])


def test_nobody_makes_a_password_without_signing_in(signed_by: Path) -> None:
    assert Client().post("/appareils/apple/profil")["Location"].startswith("/alogin")
    assert Client().get("/appareils/apple/profil").status_code == 405
    assert Client().get("/appareils/apple.mobileconfig").status_code == 200
    assert not AppPassword.objects.exists()


def test_an_instance_without_a_certificate_says_so(tmp_path: Path) -> None:
    with pytest.raises(EngineRefused):
        Signature(Config(home=tmp_path))(b"x")
