"""Mail kept elsewhere comes in once, by the command and by the page; all of it goes out in one zip."""

import contextlib
import mailbox
import os
import signal
import time
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.journeys.conftest import Instance, wait_until
from tests.journeys.seen import imap, label, sign_in

pytestmark = [pytest.mark.engines, pytest.mark.browser]


def old_box(path: Path, name: str, count: int, *, file_bytes: int = 0) -> Path:
    """A file of so many letters; `file_bytes`: of what each encloses."""
    made = mailbox.mbox(path)
    for number in range(count):
        letter = EmailMessage()
        letter["From"], letter["To"] = "Claire <claire@dehors.example>", "moi@dehors.example"
        letter["Subject"], letter["Message-ID"] = f"{name} n° {number}", f"<{name}{number}@dehors.example>"
        letter["Date"] = "Mon, 02 Mar 2020 08:00:00 +0100"
        letter.set_content("From time to time\n\nÀ bientôt.\n")
        if file_bytes:
            letter.add_attachment(os.urandom(file_bytes), "image", "png", filename="image.png")
        made.add(mailbox.mboxMessage(letter))
    made.flush()
    made.close()
    return path


def subjects(instance: Instance, role: str, folder: str, name: str) -> int:
    """How many messages of that name a folder has. No search: it would wait for the index."""
    with imap(instance, instance.account(role)) as client:
        status, count = client.select(f'"{folder}"', readonly=True)
        if status != "OK" or count == [b"0"]:
            return 0
        fetched = client.fetch("1:*", "(BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")[1]
        return sum(f"<{name}".encode() in part[1] for part in fetched if isinstance(part, tuple))


def test_the_command_brings_in_once_and_takes_everything_out(instance: Instance, tmp_path: Path) -> None:
    username = instance.account("colleague")["username"]
    file = old_box(tmp_path / "vieux.mbox", "commande", 12)
    assert "12 courriels ajoutés" in instance.cli("mail", "import", username, str(file)).stdout
    assert "0 courriel ajouté, 12 déjà là" in instance.cli("mail", "import", username, str(file)).stdout
    assert subjects(instance, "colleague", "INBOX", "commande") == 12
    instance.cli("mail", "export", username, str(tmp_path / "tout.zip"))
    with zipfile.ZipFile(tmp_path / "tout.zip") as archive:
        inbox = archive.read("courriels/INBOX.mbox")
    assert inbox.count(b"@dehors.example>") >= 12
    assert b">From time to time" in inbox
    missing = instance.cli("mail", "import", username, str(tmp_path / "nulle-part"), check=False)
    assert (missing.returncode, "n’existe pas" in missing.stderr) == (2, True)


def test_the_page_brings_in_a_file_and_prepares_an_export(
    instance: Instance, page: Page, tmp_path: Path
) -> None:
    person = instance.account("secretary")
    file = old_box(tmp_path / "Sent", "page", 8)
    sign_in(page, instance.web, person["username"], person["password"])
    page.goto(f"{instance.web}/parametres/courriers")
    page.get_by_label("Fichier de courriels").set_input_files(file)
    page.get_by_role("button", name="Importer ce fichier").click()
    expect(page.get_by_text(label("8 courriels ajoutés"))).to_be_visible()
    assert wait_until(lambda: subjects(instance, "secretary", "Sent", "page")) == 8
    page.get_by_role("button", name="Préparer l’export").click()
    link = page.get_by_role("link", name=label("Télécharger"))
    expect(link).to_be_visible(timeout=30_000)
    with page.expect_download() as download:
        link.click()
    with zipfile.ZipFile(download.value.path()) as archive:
        assert b"page7@dehors.example" in archive.read("courriels/Sent.mbox")


@pytest.fixture
def trusting(instance: Instance, tmp_path: Path) -> Instance:
    """Both ends of a transfer are this one: it trusts its own card."""
    card = tmp_path / "carte.json"
    card.write_text(instance.cli("transfer", "card").stdout)
    assert "ac-amiens.test" in instance.cli("transfer", "trust", str(card)).stdout
    return instance


def test_a_mailbox_goes_sealed_from_one_installation_to_another(trusting: Instance, tmp_path: Path) -> None:
    instance = trusting
    leaver, newer = instance.account("head")["username"], instance.account("colleague")["username"]
    instance.cli("mail", "import", leaver, str(old_box(tmp_path / "Sent", "demenage", 9)))
    sealed = tmp_path / "demenagement.vmd"
    refused = instance.cli("transfer", "write", leaver, str(sealed), "--to", "ac-rouen.test", check=False)
    assert (refused.returncode, "n’est pas connue" in refused.stderr) == (1, True)
    instance.cli("transfer", "write", leaver, str(sealed), "--to", "ac-amiens.test")
    assert b"demenage8@dehors.example" not in sealed.read_bytes()
    said = instance.cli("transfer", "read", newer, str(sealed)).stdout
    assert ", 0 vérifiés" not in said
    assert subjects(instance, "colleague", "Sent", "demenage") == 9
    assert "0 courriel ajouté" in instance.cli("transfer", "read", newer, str(sealed)).stdout
    sealed.write_bytes(sealed.read_bytes()[:-70] + bytes(70))
    damaged = instance.cli("transfer", "read", newer, str(sealed), check=False)
    assert damaged.returncode == 1


def versions_of(file: Path) -> set[tuple[int, int]]:
    """That of a file which is replaced at each writing; none without the file."""
    with contextlib.suppress(FileNotFoundError):
        status = file.stat()
        return {(status.st_ino, status.st_mtime_ns)}
    return set()


def test_a_transfer_whose_writing_was_killed_goes_on(trusting: Instance, tmp_path: Path) -> None:
    """Run again, it writes nothing again that a checkpoint names, and the archive is whole."""
    instance = trusting
    leaver, newer = instance.account("head")["username"], instance.account("colleague")["username"]
    longs = old_box(tmp_path / "Archive", "longue", 12, file_bytes=5_000_000)
    instance.cli("mail", "import", leaver, str(longs))
    sealed, part = tmp_path / "longue.vmd", tmp_path / "longue.vmd.part"
    command = ("transfer", "write", leaver, str(sealed), "--to", "ac-amiens.test")
    writing, checkpoints = instance.start_cli(*command), set[tuple[int, int]]()
    while len(checkpoints) < 2:  # the first names an archive without a message, the next 32 MiB of them
        assert writing.poll() is None, "it ended before it could be killed"
        time.sleep(0.002)  # looked at often: the rest of the archive takes less than a second
        checkpoints |= versions_of(tmp_path / "longue.vmd.suite")
    os.killpg(writing.pid, signal.SIGKILL)
    assert writing.wait() == -signal.SIGKILL
    assert not sealed.exists()
    begun = part.read_bytes()[:40_000]
    assert len(begun) == 40_000
    instance.cli(*command)
    assert sealed.read_bytes()[:40_000] == begun, "it was begun again"
    assert not part.exists()
    instance.cli("transfer", "read", newer, str(sealed))
    assert subjects(instance, "colleague", "Archive", "longue") == 12
