"""A backup taken while mail arrives, put back elsewhere, is the same académie."""

import json
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.engines.live import free_port_base
from tests.journeys.conftest import PROJECT, Instance, wait_until
from tests.journeys.seen import deliver, imap, label, sign_in
from tests.own_database import give_database
from tests.own_filter import give_compiled

from vaguemestre.site.config import Config

pytestmark = [pytest.mark.engines, pytest.mark.browser]


@pytest.fixture
def elsewhere() -> Iterator[Path]:
    home = Path(tempfile.mkdtemp(prefix="vm-restored-"))
    yield home
    shutil.rmtree(home, ignore_errors=True)


def vaguemestre(home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [str(PROJECT / "bin" / "vaguemestre"), *arguments, "--home", str(home)]
    return subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)


def counts(instance: Instance, role: str) -> dict[str, int]:
    found = {}
    with imap(instance, instance.account(role)) as client:
        for folder in ("INBOX", "Sent", "Archive"):
            status, told = client.select(folder, readonly=True)
            found[folder] = int(told[0] or 0) if status == "OK" else -1
    return found


def named(instance: Instance, subject: str) -> int:
    """How many messages of the teacher's inbox have that subject."""
    with imap(instance, instance.account("teacher")) as client:
        client.select("INBOX", readonly=True)
        return len(client.search(None, "SUBJECT", f'"{subject}"')[1][0].split())


def test_everything_is_there_on_the_other_side(
    instance: Instance, page: Page, elsewhere: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "sauvegarde"
    deliver(instance, instance.account("teacher")["address"], "Avant la sauvegarde")
    wait_until(lambda: named(instance, "Avant la sauvegarde"))
    first = vaguemestre(instance.home, "backup", str(kept))
    assert first.returncode == 0, first.stderr
    deliver(instance, instance.account("teacher")["address"], "Entre deux nuits")
    wait_until(lambda: named(instance, "Entre deux nuits"))
    before = counts(instance, "teacher")
    again = vaguemestre(instance.home, "backup", str(kept))
    assert again.returncode == 0, again.stderr
    assert (kept.stat().st_mode & 0o077) == 0

    refused = vaguemestre(instance.home, "restore", str(kept))
    assert (refused.returncode, "tourne déjà" in refused.stderr) == (75, True)
    give_database(elsewhere)
    done = vaguemestre(elsewhere, "restore", str(kept))
    assert done.returncode == 0, done.stderr
    twice = vaguemestre(elsewhere, "restore", str(kept))
    assert twice.returncode == 73

    give_compiled(Config(home=elsewhere))
    base, said = free_port_base(), elsewhere.with_suffix(".log")
    with said.open("wb") as log:
        process = subprocess.Popen(
            [str(PROJECT / "bin" / "up"), "--home", str(elsewhere), "--port-base", str(base), "--no-install"],
            stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
    try:
        ready = elsewhere / "run" / "ready.json"
        wait_until(lambda: ready.exists() or process.poll() is not None, 120)
        assert process.poll() is None, said.read_text()[-3000:]
        restored = Instance(elsewhere, base, process, json.loads(ready.read_text()))
        # what was on its way comes too: nothing less, and nothing twice
        after = counts(restored, "teacher")
        assert {name: number for name, number in after.items() if number < before[name]} == {}
        for subject in ("Avant la sauvegarde", "Entre deux nuits"):
            assert named(restored, subject) == 1
        person = instance.account("teacher")
        sign_in(page, restored.web, person["username"], person["password"])
        page.goto(f"{restored.web}/messagerie/")
        expect(page.get_by_text(label("Entre deux nuits")).first).to_be_visible()
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        said.unlink()


def test_a_folder_that_is_no_backup_is_refused(elsewhere: Path, tmp_path: Path) -> None:
    answer = vaguemestre(elsewhere, "restore", str(tmp_path))
    assert (answer.returncode, "pas de sauvegarde entière" in answer.stderr) == (1, True)
