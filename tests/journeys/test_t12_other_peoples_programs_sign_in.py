"""Debian's Apache modules for OpenID Connect, CAS and SAML: in, out, and out when somebody else says so."""

import base64
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page
from tests.engines.live import is_free
from tests.journeys.conftest import Instance, wait_until
from tests.journeys.seen import field, sign_in

pytestmark = [pytest.mark.engines, pytest.mark.browser]

CONFIGURATION = """
ServerRoot {folder}
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {folder}/pid
ErrorLog {folder}/error.log
LogLevel warn auth_cas:debug auth_openidc:info
User www-data
Group www-data
{modules}
DocumentRoot {folder}/pages
Header always set X-Person "expr=%{{REMOTE_USER}}"

OIDCProviderMetadataURL {web}/.well-known/openid-configuration
OIDCClientID apache
OIDCClientSecret {secret}
OIDCRedirectURI http://localhost:{port}/oidc/retour
OIDCCryptoPassphrase une-phrase-pour-les-tests
OIDCScope "openid email profile"
OIDCPKCEMethod S256
OIDCRemoteUserClaim email
<Location /oidc>
  AuthType openid-connect
  Require valid-user
</Location>

CASLoginURL {web}/cas/login
CASValidateURL {web}/cas/p3/serviceValidate
CASVersion 2
CASDebug On
CASCookiePath {folder}/cas/
CASSSOEnabled On
CASAttributePrefix CAS-
<Location /cas>
  AuthType CAS
  CASScope /cas
  Require valid-user
</Location>

<Location />
  MellonSPPrivateKeyFile {folder}/sp.key
  MellonSPCertFile {folder}/sp.pem
  MellonSPMetadataFile {folder}/sp.xml
  MellonIdPMetadataFile {folder}/idp.xml
  MellonEndpointPath /mellon
  MellonSecureCookie Off
  SetEnv MELLON_DISABLE_SAMESITE 1
  MellonSignatureMethod rsa-sha256
  MellonUser "urn:oid:0.9.2342.19200300.100.1.1"
</Location>
<Location /saml>
  AuthType Mellon
  MellonEnable auth
  Require valid-user
</Location>
"""

SERVICE_PROVIDER = """<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata"
  xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="{address}/mellon/metadata">
<SPSSODescriptor AuthnRequestsSigned="true" WantAssertionsSigned="true"
  protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
<KeyDescriptor><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data>
</ds:KeyInfo></KeyDescriptor>
<SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:SOAP" Location="{address}/mellon/logout"/>
<SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
  Location="{address}/mellon/logout"/>
<NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:transient</NameIDFormat>
<AssertionConsumerService index="0" isDefault="true" Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
  Location="{address}/mellon/postResponse"/>
</SPSSODescriptor></EntityDescriptor>"""
MODULES = (
    "mpm_event",
    "authn_core",
    "authz_core",
    "authz_user",
    "dir",
    "env",
    "headers",
    "auth_openidc",
    "auth_cas",
    "auth_mellon",
)
FOLDER = Path("/usr/lib/apache2/modules")


@dataclass(frozen=True)
class Apache:
    address: str
    log: Path

    @property
    def by_oidc(self) -> str:
        return f"{self.address}/oidc/page.html"

    @property
    def by_saml(self) -> str:
        return f"{self.address}/saml/page.html"

    @property
    def by_cas(self) -> str:
        return f"{self.address}/cas/page.html"


@pytest.fixture(scope="module")
def apache(instance: Instance) -> Iterator[Apache]:
    port = next(port for port in range(instance.base + 10, instance.base + 24) if is_free(port))
    address = f"http://localhost:{port}"
    told = instance.cli(
        "application", "add", "apache", "--name", "Apache", "--address", f"{address}/oidc/retour", "--rs256",
        "--release", "email", "--release", "name", "--after-sign-out", f"{address}/dehors.html",
        "--tell-sign-out", f"{address}/oidc/retour?logout=backchannel",
    ).stdout  # fmt: skip
    secret = re.findall(r"Secret .* : (\S+)", told)[0]
    instance.cli(
        "application", "add", "apache-cas", "--name", "Apache", "--protocol", "cas",
        "--address", f"{address}/cas/page.html", "--release", "name",
    )  # fmt: skip
    folder = Path(tempfile.mkdtemp(prefix="vm-apache-"))
    folder.chmod(0o755)
    for page in ("oidc/page.html", "cas/page.html", "saml/page.html", "dehors.html"):
        file = folder / "pages" / page
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"<!doctype html><html lang=fr><title>{page}</title><h1>{page}</h1>")
    _service_provider(instance, folder, address)
    (folder / "cas").mkdir()
    shutil.chown(folder / "cas", "www-data")
    modules = "\n".join(f"LoadModule {m}_module {FOLDER}/mod_{m}.so" for m in MODULES)
    text = CONFIGURATION.format(folder=folder, port=port, modules=modules, web=instance.web, secret=secret)
    (folder / "conf").write_text(text)
    process = subprocess.Popen(
        ["/usr/sbin/apache2", "-f", str(folder / "conf"), "-DFOREGROUND"],
        start_new_session=True, env={**os.environ, "APACHE_RUN_DIR": str(folder)},
    )  # fmt: skip
    try:
        wait_until(lambda: not is_free(port), 60)
        yield Apache(address, folder / "error.log")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        shutil.rmtree(folder, ignore_errors=True)


def _service_provider(instance: Instance, folder: Path, address: str) -> None:
    """A key of its own, its metadata read there and here; assertions are encrypted for it."""
    subprocess.run(
        ["/usr/bin/openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-sha256", "-days", "2",
         "-subj", "/CN=apache", "-keyout", str(folder / "sp.key"), "-out", str(folder / "sp.pem")],
        check=True, capture_output=True,
    )  # fmt: skip
    (folder / "sp.key").chmod(0o644)
    lines = (folder / "sp.pem").read_text().splitlines()
    bare = "".join(line for line in lines if "CERTIFICATE" not in line)
    (folder / "sp.xml").write_text(SERVICE_PROVIDER.format(address=address, certificate=bare))
    with urlopen(f"{instance.web}/saml/metadata") as answer:
        (folder / "idp.xml").write_bytes(answer.read())
    (folder / "apps.toml").write_text(
        '[[application]]\nclient_id = "apache-saml"\nname = "Apache"\nprotocol = "saml"\n'
        'metadata_file = "sp.xml"\nreleased = ["uid", "mail", "FrEduRne"]\n'
    )
    instance.cli("sso", "apply", str(folder / "apps.toml"))


def person(page: Page, address: str) -> str:
    """Whom Apache takes the browser for, at that page."""
    answer = page.goto(address)
    assert answer is not None
    return answer.headers.get("x-person", "") if page.url == address else ""


def is_out(page: Page, address: str) -> bool:
    """Its own cookie opens nothing any more: it sends to sign in."""
    return page.request.get(address, max_redirects=0).status == 302


def test_apache_signs_people_in_by_openid_connect(instance: Instance, page: Page, apache: Apache) -> None:
    teacher = instance.account("teacher")
    page.goto(apache.by_oidc)
    assert "/alogin" in page.url
    field(page, "Identifiant").fill(teacher["username"])
    field(page, "Mot de passe ou passcode OTP").fill(teacher["password"])
    page.get_by_role("button", name="Valider").click()
    page.wait_for_url(apache.by_oidc)
    assert person(page, apache.by_oidc) == teacher["address"]


def test_apache_signs_out_of_everything(instance: Instance, page: Page, apache: Apache) -> None:
    teacher = instance.account("teacher")
    sign_in(page, instance.web, teacher["username"], teacher["password"])
    assert person(page, apache.by_oidc) == teacher["address"]
    page.goto(f"{apache.address}/oidc/retour?logout={apache.address}/dehors.html")
    page.wait_for_url(f"{apache.address}/dehors.html*")
    page.goto(instance.web)
    assert "/alogin" in page.url


def test_apache_signs_people_in_by_cas(instance: Instance, page: Page, apache: Apache) -> None:
    teacher = instance.account("teacher")
    page.goto(apache.by_cas)
    assert "/alogin" in page.url
    field(page, "Identifiant").fill(teacher["username"])
    field(page, "Mot de passe ou passcode OTP").fill(teacher["password"])
    page.get_by_role("button", name="Valider").click()
    page.wait_for_url(apache.by_cas)
    assert person(page, apache.by_cas) == teacher["username"]


def test_apache_signs_people_in_by_saml(instance: Instance, page: Page, apache: Apache) -> None:
    """A signed request, an encrypted assertion, the attribute by its registered name."""
    teacher = instance.account("teacher")
    page.goto(apache.by_saml)
    assert "/alogin" in page.url
    field(page, "Identifiant").fill(teacher["username"])
    field(page, "Mot de passe ou passcode OTP").fill(teacher["password"])
    page.get_by_role("button", name="Valider").click()
    page.wait_for_url(apache.by_saml)
    assert person(page, apache.by_saml) == teacher["username"]


def test_an_answer_forged_or_replayed_opens_nothing_at_apache(
    instance: Instance, page: Page, apache: Apache
) -> None:
    teacher = instance.account("teacher")
    sign_in(page, instance.web, teacher["username"], teacher["password"])
    caught: list[str] = []
    page.on(
        "request",
        lambda sent: caught.append(sent.post_data or "") if sent.url.endswith("/postResponse") else None,
    )
    page.goto(apache.by_saml)
    page.wait_for_url(apache.by_saml)
    good: dict[str, Any] = dict(parse_qsl(caught[0]))
    page.context.clear_cookies(name=re.compile("mellon.*"))
    consumer = f"{apache.address}/mellon/postResponse"
    assert page.request.post(consumer, form=good, max_redirects=0).status >= 400, "replayed"
    content = base64.b64decode(good["SAMLResponse"])
    for forged in (
        content.replace(b"<saml:Issuer>", b"<saml:Issuer> "),
        content.replace(b"Success", b"Succes2"),
    ):
        assert forged != content
        sent = {**good, "SAMLResponse": base64.b64encode(forged).decode()}
        assert page.request.post(consumer, form=sent, max_redirects=0).status >= 400, "forged"
    answer = page.request.get(apache.by_saml, max_redirects=0)
    assert answer.status == 303


def test_apache_signs_out_of_everything_by_saml(instance: Instance, page: Page, apache: Apache) -> None:
    teacher = instance.account("teacher")
    sign_in(page, instance.web, teacher["username"], teacher["password"])
    page.goto(apache.by_saml)
    page.wait_for_url(apache.by_saml)
    page.goto(f"{apache.address}/mellon/logout?ReturnTo={apache.address}/dehors.html")
    page.wait_for_url(f"{apache.address}/dehors.html*")
    page.goto(instance.web)
    assert "/alogin" in page.url


def test_signing_out_here_closes_all_three(instance: Instance, page: Page, apache: Apache) -> None:
    colleague = instance.account("colleague")
    sign_in(page, instance.web, colleague["username"], colleague["password"])
    assert person(page, apache.by_oidc) == colleague["address"]
    assert person(page, apache.by_cas) == colleague["username"]
    page.goto(apache.by_saml)
    page.wait_for_url(apache.by_saml)
    page.goto(instance.web)
    page.get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url("**/au-revoir?de=*")
    wait_until(lambda: is_out(page, apache.by_oidc))
    wait_until(lambda: is_out(page, apache.by_cas))
    wait_until(lambda: page.request.get(apache.by_saml, max_redirects=0).status == 303)
