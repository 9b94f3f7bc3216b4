"""Programs people already have do their work with an address and an application password."""

import base64
import hashlib
import http.server
import imaplib
import json
import os
import pty
import secrets
import subprocess
import threading
import urllib.error
import urllib.request
from contextlib import suppress
from email.header import decode_header, make_header
from email.utils import parseaddr
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, quote, urlencode, urlsplit

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


def test_neomutt_sends_keeps_its_copy_and_shows_the_inbox(instance: Instance, tmp_path: Path) -> None:
    """At its keyboard: without one, it writes to no folder of IMAP."""
    me, other = instance.account("secretary"), instance.account("colleague")
    name, ca = me["address"].replace("@", "%40"), instance.ready["ca"]
    far = f"imaps://{name}@localhost:{instance.port('imaps')}"
    rc, body = tmp_path / "neomuttrc", tmp_path / "body"
    body.write_text('#!/bin/sh\necho Bonjour. > "$1"\n')
    body.chmod(0o755)
    rc.write_text(
        f'set imap_user="{me["address"]}"\nset imap_pass="{me["app_password"]}"\n'
        f'set smtp_pass="{me["app_password"]}"\nset from="{me["address"]}"\nset realname="Secrétariat"\n'
        f'set smtp_url="smtps://{name}@localhost:{instance.port("submissions")}"\n'
        f'set folder="{far}/"\nset spool_file="+INBOX"\nset record="+Sent"\nset editor="{body}"\n'
        f'set ssl_ca_certificates_file="{ca}"\nset certificate_file="{ca}"\n'
        "set ssl_force_tls=yes\nset ssl_verify_host=yes\nset header_cache=\nset wait_key=no\nset timeout=1\n"
    )
    subject, arrived = f"Par neomutt {secrets.token_hex(4)}", f"Reunion {secrets.token_hex(4)}"
    text = f"Porte {secrets.token_hex(4)}"
    deliver(instance, me["address"], arrived, text=text)
    with imap(instance, me) as client:
        wait_until(lambda: uids_of(client, "INBOX", arrived))
    written = f"<mail>{other['address']}<enter>{subject}<enter><send-message>"
    push = f"push '{written}<limit>~s {arrived.split()[1]}<enter><display-message>'"
    screen, inside = pty.openpty()
    os.set_blocking(screen, False)
    program = subprocess.Popen(
        ["neomutt", "-n", "-F", str(rc), "-e", push], stdin=inside, stdout=inside, stderr=inside,
        env={**os.environ, "HOME": str(tmp_path), "TERM": "xterm", "COLUMNS": "100", "LINES": "40"},
        cwd=tmp_path, start_new_session=True,
    )  # fmt: skip
    os.close(inside)
    shown = bytearray()

    def is_shown() -> bool:
        with suppress(BlockingIOError):
            shown.extend(os.read(screen, 65536))
        return text.encode() in shown

    try:
        wait_until(is_shown, 60, lambda: f"neomutt shows {shown.decode(errors='replace')[-4000:]!r}")
    finally:
        program.kill()
        program.wait(60)
        os.close(screen)
    with imap(instance, other) as client:
        (uid,) = wait_until(lambda: uids_of(client, "INBOX", subject))
        assert author_of(client, uid) == ("Sylvie Lecointe", me["address"])
    with imap(instance, me) as client:
        (uid,) = uids_of(client, "Sent", subject)
        assert author_of(client, uid) == ("Secrétariat", me["address"]), "one's own copy is one's own"


def author_of(client: imaplib.IMAP4, uid: str) -> tuple[str, str]:
    """Name and address of the From field."""
    field = client.uid("FETCH", uid, "(BODY.PEEK[HEADER.FIELDS (FROM)])")[1][0][1].decode()
    name, address = parseaddr(field.partition(":")[2].strip())
    return str(make_header(decode_header(name))), address


class _Back(http.server.BaseHTTPRequestHandler):
    """Where a program waits for its owner's answer, on its owner's machine."""

    told: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.told.append(self.path)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


def test_a_program_let_in_by_consent_reads_and_sends_until_it_is_shown_out(
    instance: Instance, page: Page, tmp_path: Path
) -> None:
    me = instance.account("secretary")
    subject = f"Par accord {secrets.token_hex(4)}"
    server = http.server.HTTPServer(("127.0.0.1", 0), _Back)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    back, verifier = f"http://127.0.0.1:{server.server_port}/", secrets.token_urlsafe(48)
    proof = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = urlencode(
        {
            "response_type": "code", "client_id": "logiciel", "redirect_uri": back, "scope": "mail",
            "state": "s", "code_challenge": proof, "code_challenge_method": "S256",
        }
    )  # fmt: skip
    sign_in(page, instance.web, me["username"], me["password"])
    page.goto(f"{instance.web}/appareils/autoriser?{asked}")
    page.get_by_role("button", name="Autoriser").click()
    wait_until(lambda: _Back.told)
    server.shutdown()
    server.server_close()
    code = parse_qs(urlsplit(_Back.told[0]).query)["code"][0]

    def token(**told: str) -> dict[str, str]:
        said = urlencode({"client_id": "logiciel", **told}).encode()
        with urllib.request.urlopen(f"{instance.web}/appareils/jeton", said, timeout=60) as answer:
            return dict(json.load(answer))

    granted = token(grant_type="authorization_code", code=code, redirect_uri=back, code_verifier=verifier)
    ca, name = instance.ready["ca"], f'user = "{me["address"]}"\n'
    bearer = f'{name}oauth2-bearer = "{granted["access_token"]}"\n'
    letter = tmp_path / "letter"
    letter.write_text(f"From: {me['address']}\nTo: {me['address']}\nSubject: {subject}\n\nBonjour.\n")
    asks = ("curl", "-sS", "--cacert", ca, "-K", "-")
    out = (f"smtps://localhost:{instance.port('submissions')}", "--mail-from", me["address"])
    run(*asks, *out, "--mail-rcpt", me["address"], "-T", str(letter), given=bearer, folder=tmp_path)
    with imap(instance, me) as client:
        (uid,) = wait_until(lambda: uids_of(client, "INBOX", subject))
    box = f"imaps://localhost:{instance.port('imaps')}/INBOX;UID={uid}"
    for mechanism in ("OAUTHBEARER", "XOAUTH2"):
        options = ("--login-options", f"AUTH={mechanism}")
        assert subject in run(*asks, *options, box, given=bearer, folder=tmp_path)
    again = token(grant_type="refresh_token", refresh_token=granted["refresh_token"])

    # shown out: neither its key, nor as a password, nor a token still young
    page.goto(f"{instance.web}/parametres/appareils")
    page.get_by_role("button", name="Révoquer Un logiciel de messagerie").click()
    page.get_by_role("status").filter(has_text="n’ouvre plus rien").wait_for()
    with pytest.raises(urllib.error.HTTPError):
        token(grant_type="refresh_token", refresh_token=again["refresh_token"])
    dead = f'{name}oauth2-bearer = "{again["access_token"]}"\n'

    def is_refused() -> bool:
        done = subprocess.run(
            [*asks, box], input=dead, capture_output=True, text=True, check=False, timeout=60
        )
        return done.returncode != 0

    wait_until(is_refused, 60)
    with pytest.raises(imaplib.IMAP4.error), imap(instance, me, again["refresh_token"]):
        pass


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

    # and khard, for whoever lives in a terminal, on what vdirsyncer brought
    (tmp_path / "khard").mkdir()
    (tmp_path / "khard" / "khard.conf").write_text(f"[addressbooks]\n[[carnet]]\npath = {shelf}\n")
    assert "zoe@dehors.example" in run("khard", "email", name, folder=tmp_path)
    other = f"Essai {secrets.token_hex(3)}"
    template = f"First name : Léo\nLast name : {other}\nPhone :\n    cell : '0612345678'\n"
    run("khard", "new", "-a", "carnet", given=template, folder=tmp_path)
    run("vdirsyncer", "sync", folder=tmp_path)
    page.goto(f"{instance.web}/contacts/?q={quote(other)}")
    page.get_by_text(f"Léo {other}").first.wait_for()
    page.get_by_text("0612345678").first.wait_for()
