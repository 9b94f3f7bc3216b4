"""The page of steps and the documents of programs, asked as programs ask."""

import base64
import hashlib
import io
import json
import plistlib
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.access.signin.people import PASSWORD, account
from tests.answers import as_typed

from vaguemestre.engines.tls import certificates
from vaguemestre.engines.tls.cms_signature import Signature
from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.mailbox.autoconfig.ports import sign
from vaguemestre.people.credentials.models import Account, AppPassword
from vaguemestre.people.credentials.rules.app_passwords import sha256_of
from vaguemestre.site.config import Config

pytestmark = pytest.mark.django_db

REQUEST = "<Autodiscover><Request><EMailAddress>{}</EMailAddress></Request></Autodiscover>"


@pytest.fixture
def signed_by(tmp_path: Path) -> Iterator[Path]:
    """The CA of a signature made with an instance's own certificate."""
    config, held = Config(home=tmp_path), sign.get()
    made = certificates.make_missing(config, now=datetime.now(UTC))
    sign.replace(Signature(config))
    yield made.ca
    sign.replace(held)


@pytest.fixture
def nicolas() -> Account:
    return account()


@pytest.fixture
def client(nicolas: Account) -> Client:
    made = Client()
    answer = made.post("/alogin", {"username": nicolas.username, "secret": PASSWORD})
    assert answer.status_code == 302
    return made


def verified(content: bytes, ca: Path, folder: Path, *, apart: bytes | None = None) -> bytes:
    """What the signature holds, or is of, once `openssl` agrees with it."""
    (folder / "profile").write_bytes(content)
    (folder / "apart").write_bytes(apart or b"")
    of = [] if apart is None else ["-binary", "-content", "apart"]
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
        *of,
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


@pytest.mark.parametrize(
    "host", ["ac-amiens.test", "autoconfig.ac-amiens.test", "autodiscover.ac-amiens.test"]
)
def test_programs_ask_under_the_names_of_the_domain_and_find_nothing_else_there(host: str) -> None:
    at: dict[str, Any] = {"HTTP_HOST": host}
    answer = Client(**at).get("/.well-known/autoconfig/mail/config-v1.1.xml")
    assert b"%EMAILADDRESS%" in answer.content
    for path in ("/", "/alogin", "/appareils/", "/sante/"):
        assert Client(**at).get(path).status_code == 404
    assert Client(HTTP_HOST="elsewhere.example").get("/mail/config-v1.1.xml").status_code == 400


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


def test_the_page_says_when_a_program_comes_in(client: Client, nicolas: Account) -> None:
    other = account("kbenali")
    for owner, name, used_at in (
        (nicolas, "Mon mobile", datetime.now(UTC)),
        (nicolas, "Thunderbird du lycée", datetime.now(UTC)),
        (nicolas, "Vieux mobile", datetime(2026, 1, 2, tzinfo=UTC)),
        (nicolas, "Jamais", None),
        (other, "Pas à moi", datetime.now(UTC)),
    ):
        AppPassword.objects.create(
            account=owner, name=name, token_sha256=sha256_of(name), created_at=datetime.now(UTC),
            last_used_at=used_at, last_network="192.0.2.7",
        )  # fmt: skip
    page = as_typed(client.get("/appareils/essai").content.decode())
    assert "Nous voyons votre téléphone se connecter : « Mon mobile »" in page
    assert "Nous voyons votre logiciel se connecter : « Thunderbird du lycée »" in page
    assert "Vieux mobile" not in page
    assert "Pas à moi" not in page
    never = AppPassword.objects.get(name="Jamais")
    assert "En attente" in client.get(f"/appareils/essai?mot={never.pk}").content.decode()
    notmine = AppPassword.objects.get(name="Pas à moi")
    assert "En attente" in client.get(f"/appareils/essai?mot={notmine.pk}").content.decode()
    assert Client().get("/appareils/essai")["Location"].startswith("/alogin")
    assert client.post("/appareils/essai").status_code == 405


def test_the_module_of_thunderbird_is_a_manifest_signed_by_the_instance(
    signed_by: Path, tmp_path: Path
) -> None:
    answer = Client().get("/appareils/messagerie.xpi")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    beside = ("META-INF/MANIFEST.MF", "META-INF/MESSAGERIE.SF", "META-INF/MESSAGERIE.EC")
    assert set(held) == {"manifest.json", *beside}
    told = json.loads(held["manifest.json"])["oauth_provider"]
    metadata = json.loads(Client().get("/.well-known/oauth-authorization-server/appareils").content)
    assert told["issuerIdentifier"] == metadata["issuer"]
    assert told["tokenEndpoint"] == metadata["token_endpoint"]
    assert told["usePKCE"] is True
    # each link, from the signature to the file
    listed, said, signature = (held[name] for name in beside)
    assert verified(signature, signed_by, tmp_path, apart=said) == said
    assert f"SHA-256-Digest-Manifest: {digest(listed)}\r\n".encode() in said
    assert f"Name: manifest.json\r\nSHA-256-Digest: {digest(held['manifest.json'])}\r\n".encode() in listed
    with pytest.raises(subprocess.CalledProcessError):
        verified(signature, signed_by, tmp_path, apart=said.replace(b"1.0", b"1.1"))


def digest(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def test_nobody_makes_a_password_without_signing_in(signed_by: Path) -> None:
    assert Client().post("/appareils/apple/profil")["Location"].startswith("/alogin")
    assert Client().get("/appareils/apple/profil").status_code == 405
    assert Client().get("/appareils/apple.mobileconfig").status_code == 200
    assert not AppPassword.objects.exists()


def test_an_instance_without_a_certificate_says_so(tmp_path: Path) -> None:
    with pytest.raises(EngineRefused):
        Signature(Config(home=tmp_path))(b"x")
