"""A backup taken while mail arrives, put back elsewhere, is the same académie."""

import json
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.engines.live import free_port_base
from tests.journeys.conftest import PROJECT, Instance, wait_until
from tests.journeys.seen import deliver, field, imap, label, sign_in, sign_in_twice, uids_of
from tests.own_database import give_database
from tests.own_filter import give_compiled
from tests.processes.backup.light_repository import make_repository

from vaguemestre.post.mailstore.values import DELETED_MESSAGES
from vaguemestre.processes.backup.generations import repositories
from vaguemestre.site.config import Config

pytestmark = [pytest.mark.engines, pytest.mark.browser]


@pytest.fixture
def elsewhere() -> Iterator[Path]:
    home = Path(tempfile.mkdtemp(prefix="vm-restored-"))
    yield home
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def depot(instance: Instance, tmp_path: Path) -> Path:
    """Where generations are kept, empty: repositories of this instance that open quickly."""
    folder = tmp_path / "depot"
    for store in repositories(Config(home=instance.home), str(folder)):
        if not store.password_file.exists():
            store.password_file.write_text("lampe\n")
            store.password_file.chmod(0o600)
        make_repository(Path(store.repository), store.password_file)
    return folder


def vaguemestre(home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [str(PROJECT / "bin" / "vaguemestre"), *arguments, "--home", str(home)]
    return subprocess.run(command, capture_output=True, text=True, timeout=420, check=False)


def messages(instance: Instance, role: str) -> dict[str, set[bytes]]:
    """UID, flags and keywords of each message of some folders, as IMAP shows them."""
    with imap(instance, instance.account(role)) as client:
        shown: dict[str, set[bytes]] = {}
        for folder in ("INBOX", "Sent", "Archive"):
            count = client.select(folder, readonly=True)[1]
            rows = client.fetch("1:*", "(UID FLAGS)")[1] if count != [b"0"] else []
            shown[folder] = {re.sub(rb"^\d+ | ?\\Recent", b"", row) for row in rows if isinstance(row, bytes)}
        return shown


def named(instance: Instance, subject: str) -> int:
    """How many messages of the teacher's inbox have that subject."""
    with imap(instance, instance.account("teacher")) as client:
        client.select("INBOX", readonly=True)
        answers: list[bytes] = []

        def is_answered() -> bool:
            status, answers[:] = client.search(None, "SUBJECT", f'"{subject}"')
            return status == "OK"  # a busy machine refuses a search whose index is not made yet

        wait_until(is_answered)
        return len(answers[0].split())


def deliver_and_see(instance: Instance, subject: str) -> None:
    deliver(instance, instance.account("teacher")["address"], subject)
    wait_until(lambda: named(instance, subject))


def test_everything_is_there_on_the_other_side(
    instance: Instance, page: Page, elsewhere: Path, tmp_path: Path
) -> None:
    repository = tmp_path / "depot"
    password = instance.home / "secrets" / "backup_keys_password"
    deliver_and_see(instance, "Avant la sauvegarde")
    first = vaguemestre(instance.home, "backup", str(repository))
    assert first.returncode == 0, first.stderr
    deliver_and_see(instance, "Entre deux nuits")
    with imap(instance, instance.account("teacher")) as client:
        client.select("INBOX")
        client.store("1", "+FLAGS", "(\\Flagged label_77)")
    before = messages(instance, "teacher")
    again = vaguemestre(instance.home, "backup", str(repository))
    assert again.returncode == 0, again.stderr

    refused = vaguemestre(instance.home, "restore", str(repository))
    assert (refused.returncode, "tourne déjà" in refused.stderr) == (75, True)
    give_database(elsewhere)
    unknown = vaguemestre(elsewhere, "restore", str(repository))
    assert (unknown.returncode, "--keys-password" in unknown.stderr) == (2, True)
    done = vaguemestre(elsewhere, "restore", str(repository), "--keys-password", str(password))
    assert done.returncode == 0, done.stderr
    twice = vaguemestre(elsewhere, "restore", str(repository))
    assert twice.returncode == 73
    with started(elsewhere) as restored:
        after = messages(restored, "teacher")
        assert {name: rows - after[name] for name, rows in before.items()} == {name: set() for name in before}
        assert any(b"label_77" in row and b"\\Flagged" in row for row in after["INBOX"])
        for subject in ("Avant la sauvegarde", "Entre deux nuits"):
            assert named(restored, subject) == 1
        person = instance.account("teacher")
        sign_in(page, restored.web, person["username"], person["password"])
        page.goto(f"{restored.web}/messagerie/")
        expect(page.get_by_text(label("Entre deux nuits")).first).to_be_visible()


@contextmanager
def started(home: Path) -> Iterator[Instance]:
    give_compiled(Config(home=home))
    base, said = free_port_base(), home.with_suffix(".log")
    with said.open("wb") as log:
        process = subprocess.Popen(
            [str(PROJECT / "bin" / "up"), "--home", str(home), "--port-base", str(base), "--no-install"],
            stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
    try:
        ready = home / "run" / "ready.json"
        wait_until(lambda: ready.exists() or process.poll() is not None, 120)
        assert process.poll() is None, said.read_text()[-3000:]
        yield Instance(home, base, process, json.loads(ready.read_text()))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        said.unlink()


def test_what_somebody_lost_is_put_back_where_it_was(instance: Instance, depot: Path) -> None:
    repository, person = depot, instance.account("teacher")
    deliver_and_see(instance, "Perdu pour de bon")
    assert vaguemestre(instance.home, "backup", str(repository)).returncode == 0
    with imap(instance, person) as client:
        for folder in ("INBOX", DELETED_MESSAGES):
            client.select(folder)
            for number in client.search(None, "SUBJECT", '"Perdu pour de bon"')[1][0].split():
                client.store(number, "+FLAGS", "\\Deleted")
            client.expunge()
    assert named(instance, "Perdu pour de bon") == 0
    done = vaguemestre(instance.home, "restore", str(repository), "--account", person["username"])
    assert (done.returncode, "1 courriel remis" in done.stdout) == (0, True), done.stderr
    assert named(instance, "Perdu pour de bon") == 1


@pytest.mark.timeout(600)  # two instances start, and what is removed is copied each minute
def test_a_letter_removed_since_an_older_night_leaves_again_when_that_night_is_restored(
    instance: Instance, page: Page, elsewhere: Path, depot: Path
) -> None:
    repository, subject = depot, "Facture impayée à régler ce soir"
    password = instance.home / "secrets" / "backup_keys_password"
    deliver(instance, instance.account("teacher")["address"], subject, sender="faux@dehors.example")
    wait_until(lambda: has_letter(instance, subject))
    assert vaguemestre(instance.home, "backup", str(repository)).returncode == 0
    night = datetime.now(UTC).isoformat()
    remove_everywhere(instance, page, subject)
    wait_until(lambda: not has_letter(instance, subject))
    wait_until(lambda: subject in removed_mail(instance.home), 200)
    assert vaguemestre(instance.home, "backup", str(repository)).returncode == 0

    give_database(elsewhere)
    done = vaguemestre(elsewhere, "restore", str(repository), "--at", night, "--keys-password", str(password))
    assert done.returncode == 0, done.stderr
    assert subject in removed_mail(elsewhere)  # of the newest generation
    with started(elsewhere) as restored:
        sign_in_twice(page, restored.web, restored.account("administrator"))
        page.goto(f"{restored.web}/administration/retraits")
        page.get_by_role("row", name=label("faux@dehors.example")).get_by_role("link").click()
        expect(page.get_by_role("button", name="Remettre dans les boîtes")).to_be_visible(timeout=120_000)
        assert not has_letter(restored, subject)
        page.get_by_role("button", name="Remettre dans les boîtes").click()
        wait_until(lambda: has_letter(restored, subject))  # the older night held it, and it was put away


def remove_everywhere(instance: Instance, page: Page, subject: str) -> None:
    sign_in_twice(page, instance.web, instance.account("administrator"))
    page.goto(f"{instance.web}/administration/retraits/nouveau")
    field(page, "Expéditeur d’enveloppe").fill("faux@dehors.example")
    field(page, "Objet exact").fill(subject)
    page.get_by_role("button", name="Chercher dans les boîtes").click()
    page.get_by_role("button", name=label("Retirer de 1 boîte")).click()
    expect(page.get_by_role("button", name="Remettre dans les boîtes")).to_be_visible()


def removed_mail(home: Path) -> str:
    """What the instance writes down for a restoration; the first line is the state it was copied at."""
    file = home / "data" / "ended-access" / "removed-mail.json"
    lines = file.read_text().splitlines()[1:] if file.exists() else []
    return "".join(str(json.loads(line)) for line in lines)


def has_letter(instance: Instance, subject: str) -> bool:
    with imap(instance, instance.account("teacher")) as client:
        return bool(uids_of(client, "INBOX", subject))


@pytest.mark.timeout(600)  # everything is restored and compared, on cores that others use
def test_a_drill_compares_everything_while_the_instance_serves(instance: Instance, depot: Path) -> None:
    done = vaguemestre(instance.home, "restore", str(depot), "--drill")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\d+ boîtes, \d{2,} messages et \d{2,} tables comparés", done.stdout), done.stdout


def test_a_folder_that_is_no_backup_is_refused(elsewhere: Path, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("x")
    answer = vaguemestre(elsewhere, "restore", str(tmp_path / "rien"), "--keys-password", str(password))
    assert answer.returncode != 0
    assert "restic" in answer.stderr
