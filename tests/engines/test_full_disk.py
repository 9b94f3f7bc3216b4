"""When the disk is full mail is refused for now, and nothing accepted is lost."""

import os
import smtplib
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.engines.live import LiveEngines, free_port_base, letter, wait_until

from vaguemestre.engines.postfix import configuration as postfix
from vaguemestre.processes.supervisor.logs import QUIET_SECONDS, RELOAD, SilentLog
from vaguemestre.site.config import Config

pytestmark = pytest.mark.engines


@pytest.fixture
def small() -> Iterator[LiveEngines]:
    """An instance on a disk of 64 MB of its own."""
    disk = Path(tempfile.mkdtemp(prefix="vm-disk-"))
    argv = ["mount", "-t", "tmpfs", "-o", "size=64m,mode=755", "tmpfs", str(disk)]
    if subprocess.run(argv, capture_output=True, check=False).returncode:
        disk.rmdir()
        pytest.skip("this machine mounts nothing")
    engines = LiveEngines(Config(home=disk / "home", port_base=free_port_base()))
    try:
        engines.start()
        yield engines
    finally:
        engines.stop()
        subprocess.run(["umount", "--lazy", str(disk)], check=True)
        disk.rmdir()


def fill(file: Path) -> None:
    with file.open("wb", buffering=0) as full:
        for size in (1 << 20, 1 << 12):
            try:
                while True:
                    full.write(os.urandom(size))
            except OSError:
                continue


def codes(error: smtplib.SMTPException) -> list[int]:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return [code for code, _ in error.recipients.values()]
    assert isinstance(error, smtplib.SMTPResponseException)
    return [error.smtp_code]


def test_a_full_disk_refuses_for_now_and_loses_nothing(small: LiveEngines) -> None:
    person = small.someone()
    small.arrive(person.address, letter("a@b.example", person.address, "premier"))
    assert small.found(person, "premier")
    filling = small.config.home / "plein"
    fill(filling)
    for n in range(3):
        with pytest.raises((smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused)) as refused:
            small.arrive(person.address, letter("a@b.example", person.address, f"pendant {n}"))
        assert all(400 <= code < 500 for code in codes(refused.value))
    filling.unlink()
    small.arrive(person.address, letter("a@b.example", person.address, "de nouveau"))
    assert small.found(person, "de nouveau", seconds=120)
    assert small.found(person, "premier")


def test_what_was_accepted_before_the_disk_was_full_arrives_after(small: LiveEngines) -> None:
    person = small.someone()
    small.arrive(person.address, letter("a@b.example", person.address, "premier"))
    assert small.found(person, "premier")
    small.end("dovecot")
    small.arrive(person.address, letter("a@b.example", person.address, "en chemin"))
    small.start_dovecot()
    filling = small.config.home / "plein"
    fill(filling)
    small.flush_queue()
    filling.unlink()
    assert small.found(person, "en chemin", seconds=120)


def test_postfix_writes_its_log_again_after_a_full_disk_once_it_is_reloaded(small: LiveEngines) -> None:
    person, log = small.someone(), postfix.log_file(small.config)

    def arrives_and_is_logged(subject: str) -> bool:
        before = log.read_bytes()
        small.arrive(person.address, letter("a@b.example", person.address, subject))
        assert small.found(person, subject)
        return log.read_bytes() != before

    assert arrives_and_is_logged("premier")
    silent = SilentLog(log, since=time.time())
    filling = small.config.home / "plein"
    fill(filling)
    size = -1
    while log.stat().st_size > size:  # there is room in its last page
        size = log.stat().st_size
        with pytest.raises((smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused)):
            small.arrive(person.address, letter("a@b.example", person.address, "pendant"))
    assert not silent.wants_reload(time.time() + 2 * QUIET_SECONDS)  # there is no room
    filling.unlink()
    arrives_and_is_logged("de nouveau")  # mostly not: what met the full disk writes no more, by its buffer
    assert silent.wants_reload(time.time() + 2 * QUIET_SECONDS)
    os.kill(small.children["postfix"].pid, RELOAD)
    assert wait_until(lambda: arrives_and_is_logged("relu"))
