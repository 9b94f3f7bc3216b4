"""Large files: a connection that is cut again and again loses nothing; above the limit, a link."""

import contextlib
import email
import email.policy
import hashlib
import os
import re
import secrets
import socket
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser import PATIENCE_MS, launch
from tests.journeys.conftest import Instance, wait_until
from tests.journeys.seen import imap, label, sign_in, uids_of, wait_until_sent

pytestmark = [pytest.mark.engines, pytest.mark.browser]
ROLE = "colleague"
EACH = 1_500_000  # octets a connection carries before it is cut
ATTACHED, LENT = 14_000_000, 20_000_000


class Scissors:
    """A proxy in front of the pages that cuts every connection once it has carried so much."""

    def __init__(self, port: int) -> None:
        self._target, self.cuts = port, 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._target))
                for way in ((client, server, EACH), (server, client, 0)):
                    threading.Thread(target=self._carry, args=way, daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, most: int) -> None:
        carried = 0
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                target.sendall(piece)
                carried += len(piece)
                if most and carried > most:
                    self.cuts += 1
                    break
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@pytest.fixture
def scissors(instance: Instance) -> Iterator[Scissors]:
    made = Scissors(instance.base)
    yield made
    made.close()


@pytest.fixture
def cut_page(instance: Instance, chromium: Browser, scissors: Scissors) -> Iterator[Page]:
    """A page of a browser that reaches the site's own address through the scissors."""
    through = f"MAP localhost:{instance.base} 127.0.0.1:{scissors.port}"
    browser = launch(chromium.browser_type, f"--host-resolver-rules={through}")
    context = browser.new_context(locale="fr-FR", timezone_id="Europe/Paris")
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    browser.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("files")
    for name, size in (("carte.bin", ATTACHED), ("film.bin", LENT)):
        (folder / name).write_bytes(os.urandom(size))
    return {path.name: path for path in folder.iterdir()}


def compose(page: Page, web: str, instance: Instance, subject: str) -> None:
    someone = instance.account(ROLE)
    sign_in(page, web, someone["username"], someone["password"])
    page.goto(f"{web}/messagerie/ecrire/")
    page.get_by_label("À", exact=True).fill("parent@dehors.example")
    page.get_by_label("Objet").fill(subject)


def received(instance: Instance, subject: str) -> EmailMessage:
    with imap(instance, instance.account("outside")) as client:
        wait_until(lambda: uids_of(client, "INBOX", subject), 60)
        (uid,) = uids_of(client, "INBOX", subject)
        content = client.uid("FETCH", uid, "(BODY.PEEK[])")[1][0][1]
    return email.message_from_bytes(content, policy=email.policy.default)


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.mark.timeout(400)
def test_cut_again_and_again_all_of_it_arrives(
    instance: Instance, cut_page: Page, chromium: Browser, scissors: Scissors, files: dict[str, Path]
) -> None:
    page, subject = cut_page, f"Coupures {secrets.token_hex(4)}"
    compose(page, instance.web, instance, subject)
    page.locator("#files").set_input_files(list(files.values()))
    rows = page.get_by_role("list", name="Pièces jointes").get_by_role("listitem")
    expect(rows).to_have_count(2)
    expect(page.locator("#enclosures progress")).to_have_count(0, timeout=180_000)
    assert scissors.cuts >= 15
    page.get_by_role("button", name=label("Lien jusqu'au")).click()
    page.get_by_label("Mot de passe (facultatif)").fill("sapin vert")
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_role("button", name="Envoyer", exact=True).click()
    wait_until_sent(page)
    message = received(instance, subject)
    (attached,) = message.iter_attachments()
    assert digest(attached.get_payload(decode=True)) == digest(files["carte.bin"].read_bytes())  # type: ignore[arg-type]
    text = message.get_body(("plain",)).get_content()
    link = re.findall(r"http://fichiers\.\S+/[\w-]{43}/", text)[0]
    stranger = chromium.new_context(accept_downloads=True)
    there = stranger.new_page()
    there.goto(link)
    there.get_by_label("Mot de passe").fill("sapin vert")
    with there.expect_download() as taken:
        there.get_by_role("button", name="Télécharger").click()
    assert digest(taken.value.path().read_bytes()) == digest(files["film.bin"].read_bytes())
    assert stranger.cookies() == []
    stranger.close()
    page.goto(f"{instance.web}/messagerie/fichiers/")
    expect(page.get_by_text("Téléchargé 1 fois")).to_be_visible()


def test_a_message_and_its_files_are_joined_from_the_mailbox(instance: Instance, page: Page) -> None:
    subject = f"Emprunt {secrets.token_hex(4)}"
    compose(page, instance.web, instance, subject)
    page.get_by_role("button", name="Joindre depuis un autre courriel").click()
    sources = page.get_by_role("list", name="Courriels")
    sources.get_by_role("button").filter(has_not_text="Coupures").first.click()
    boxes = sources.get_by_role("checkbox")
    expect(boxes.last).to_be_visible()
    for box in boxes.all():
        box.check()
    count = boxes.count()
    page.get_by_role("button", name="Joindre", exact=True).click()
    expect(page.get_by_role("list", name="Pièces jointes").get_by_role("listitem")).to_have_count(count)
    page.get_by_role("button", name="Envoyer", exact=True).click()
    wait_until_sent(page)
    names = [part.get_filename() for part in received(instance, subject).iter_attachments()]
    assert len(names) == count
    assert names[-1].endswith(".eml")
