"""Programs people already have do their work with an address and an application password."""

import os
import pty
import secrets
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from tests.journeys.conftest import Instance, wait_until
from tests.journeys.seen import deliver, field, imap, sign_in, uids_of

pytestmark = [pytest.mark.engines, pytest.mark.browser]


def run(*argv: str, given: str = "", folder: Path) -> str:
    environment = {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    done = subprocess.run(
        argv,
        input=given,
        capture_output=True,
        text=True,
        env=environment,
        cwd=folder,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_msmtp_sends_and_curl_reads(instance: Instance, tmp_path: Path) -> None:
    me, other = instance.account("colleague"), instance.account("secretary")
    subject = f"Par msmtp {secrets.token_hex(4)}"
    rc = tmp_path / "msmtprc"
    rc.write_text(
        f"account default\nhost localhost\nport {instance.port('submissions')}\ntls on\ntls_starttls off\n"
        f"tls_trust_file {instance.ready['ca']}\nauth on\nuser {me['address']}\n"
        f"password {me['app_password']}\nfrom {me['address']}\n"
    )
    rc.chmod(0o600)
    text = f"From: {me['address']}\nTo: {other['address']}\nSubject: {subject}\n\nBonjour.\n"
    run("msmtp", "-C", str(rc), other["address"], given=text, folder=tmp_path)
    with imap(instance, other) as client:
        (uid,) = wait_until(lambda: uids_of(client, "INBOX", subject))
    box = f"imaps://localhost:{instance.port('imaps')}/INBOX"
    asks = ("curl", "-sS", "--cacert", instance.ready["ca"], "-K", "-")
    secret = f'user = "{other["address"]}:{other["app_password"]}"\n'
    assert subject in run(*asks, f"{box};UID={uid}", given=secret, folder=tmp_path)


def test_neomutt_sends_and_shows_the_inbox(instance: Instance, tmp_path: Path) -> None:
    me, other = instance.account("secretary"), instance.account("colleague")
    name, ca = me["address"].replace("@", "%40"), instance.ready["ca"]
    far = f"imaps://{name}@localhost:{instance.port('imaps')}"
    rc = tmp_path / "neomuttrc"
    rc.write_text(
        f'set imap_user="{me["address"]}"\nset imap_pass="{me["app_password"]}"\n'
        f'set smtp_pass="{me["app_password"]}"\nset from="{me["address"]}"\nset realname="Secrétariat"\n'
        f'set smtp_url="smtps://{name}@localhost:{instance.port("submissions")}"\n'
        f'set folder="{far}/"\nset spool_file="+INBOX"\nset record=""\n'
        f'set ssl_ca_certificates_file="{ca}"\nset certificate_file="{ca}"\n'
        "set ssl_force_tls=yes\nset ssl_verify_host=yes\nset header_cache=\nset wait_key=no\nset timeout=1\n"
    )
    subject = f"Par neomutt {secrets.token_hex(4)}"
    mutt = ("neomutt", "-n", "-F", str(rc))
    run(*mutt, "-s", subject, "--", other["address"], given="Bonjour.\n", folder=tmp_path)
    with imap(instance, other) as client:
        wait_until(lambda: uids_of(client, "INBOX", subject))

    # and on its screen, a message of the inbox, opened
    arrived = f"Reunion {secrets.token_hex(4)}"
    text = f"Porte {secrets.token_hex(4)}"
    deliver(instance, me["address"], arrived, text=text)
    with imap(instance, me) as client:
        wait_until(lambda: uids_of(client, "INBOX", arrived))
    push = f"push '<limit>~s {arrived.split()[1]}<enter><display-message>'"
    screen, inside = pty.openpty()
    os.set_blocking(screen, False)
    program = subprocess.Popen(
        [*mutt, "-e", push], stdin=inside, stdout=inside, stderr=inside, cwd=tmp_path,
        env={**os.environ, "HOME": str(tmp_path), "TERM": "xterm", "COLUMNS": "100", "LINES": "40"},
        start_new_session=True,
    )  # fmt: skip
    os.close(inside)
    shown = bytearray()

    def is_shown() -> bool:
        with suppress(BlockingIOError):
            shown.extend(os.read(screen, 65536))
        return text.encode() in shown

    try:
        wait_until(is_shown, 45)
    finally:
        program.kill()
        program.wait(10)
        os.close(screen)


def contacts_password(instance: Instance, page: Page, person: dict[str, Any]) -> str:
    sign_in(page, instance.web, person["username"], person["password"])
    page.goto(f"{instance.web}/parametres/appareils")
    field(page, "Nom").fill("Carnet du téléphone")
    page.get_by_label("Ce qu’il ouvre").select_option("contacts")
    page.get_by_role("button", name="Créer un mot de passe d’application").click()
    return page.locator("#app-password").inner_text().strip()


def test_vdirsyncer_brings_contacts_both_ways(instance: Instance, page: Page, tmp_path: Path) -> None:
    person = instance.account("secretary")
    password = contacts_password(instance, page, person)
    name = f"Zoé Essai {secrets.token_hex(3)}"
    (tmp_path / "near").mkdir()
    (tmp_path / "vdirsyncer").mkdir()
    (tmp_path / "vdirsyncer" / "config").write_text(
        f"""[general]
status_path = "{tmp_path}/status/"

[pair book]
a = "near"
b = "far"
collections = ["from b"]
conflict_resolution = "b wins"

[storage near]
type = "filesystem"
path = "{tmp_path}/near/"
fileext = ".vcf"

[storage far]
type = "carddav"
url = "http://localhost:{instance.port("carddav")}/"
username = "{person["address"]}"
password = "{password}"
"""
    )
    run("vdirsyncer", "discover", given="y\n" * 10, folder=tmp_path)
    run("vdirsyncer", "sync", folder=tmp_path)
    (shelf, *_) = sorted(one for one in (tmp_path / "near").iterdir() if one.is_dir())
    card = f"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{secrets.token_hex(8)}\r\nFN:{name}\r\nN:Essai;Zoé;;;\r\n"
    (shelf / "zoe.vcf").write_text(f"{card}EMAIL:zoe@dehors.example\r\nEND:VCARD\r\n", newline="")
    run("vdirsyncer", "sync", folder=tmp_path)
    page.goto(f"{instance.web}/contacts/")
    page.get_by_text(name).first.wait_for()
