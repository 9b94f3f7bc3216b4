"""Debian's Apache modules for OpenID Connect and CAS: in, out, and out when somebody else says so."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page
from tests.journeys.conftest import Instance, _is_free, wait_until
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
"""
MODULES = (
    "mpm_event",
    "authn_core",
    "authz_core",
    "authz_user",
    "dir",
    "headers",
    "auth_openidc",
    "auth_cas",
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
    def by_cas(self) -> str:
        return f"{self.address}/cas/page.html"


@pytest.fixture(scope="module")
def apache(instance: Instance) -> Iterator[Apache]:
    port = next(port for port in range(instance.base + 10, instance.base + 24) if _is_free(port))
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
    for page in ("oidc/page.html", "cas/page.html", "dehors.html"):
        file = folder / "pages" / page
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"<!doctype html><html lang=fr><title>{page}</title><h1>{page}</h1>")
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
        wait_until(lambda: not _is_free(port), 15)
        yield Apache(address, folder / "error.log")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(15)
        shutil.rmtree(folder, ignore_errors=True)


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


def test_signing_out_here_closes_both(instance: Instance, page: Page, apache: Apache) -> None:
    colleague = instance.account("colleague")
    sign_in(page, instance.web, colleague["username"], colleague["password"])
    assert person(page, apache.by_oidc) == colleague["address"]
    assert person(page, apache.by_cas) == colleague["username"]
    page.goto(instance.web)
    page.get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url("**/alogin?au-revoir=1")
    wait_until(lambda: is_out(page, apache.by_oidc))
    wait_until(lambda: is_out(page, apache.by_cas))
