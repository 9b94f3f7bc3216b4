"""Folders that programs do not see are made when first needed, often by two processes at once.

With Dovecot's index of the list of folders one of them failed, for some twenty-fifth of new mailboxes.
"""

import smtplib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from tests.engines.live import LiveEngines, Someone, letter

from vaguemestre.engines.dovecot.copies.quarantined import QuarantinedMail
from vaguemestre.engines.dovecot.copies.removed_copies import RemovedCopies
from vaguemestre.engines.dovecot.doveadm_server import DoveadmServer, doveadm_socket
from vaguemestre.engines.dovecot.homes import mail_home
from vaguemestre.engines.home_alias import lmtp_socket

pytestmark = pytest.mark.engines
SENDER = "jean@dehors.example"
MAILBOXES = 12


def at_once(*acts: Callable[[Barrier], object]) -> None:
    """Each waits at the barrier when it is ready. Raises what one of them raised."""
    barrier = Barrier(len(acts), timeout=60)
    with ThreadPoolExecutor(len(acts)) as pool:
        for done in [pool.submit(act, barrier) for act in acts]:
            done.result()


def has_list_index(engines: LiveEngines, someone: Someone, folder: str) -> bool:
    home = mail_home(engines.config, someone.mailbox) / folder
    assert (home / "mailboxes").is_dir()
    return any(file.name.startswith("dovecot.list.index") for file in home.iterdir())


def test_a_quarantine_is_looked_at_as_its_first_letters_arrive(engines: LiveEngines) -> None:
    quarantined = QuarantinedMail(DoveadmServer(doveadm_socket(engines.config)))
    for _ in range(MAILBOXES):
        marie = engines.someone()

        def look(barrier: Barrier, marie: Someone = marie) -> None:
            barrier.wait()
            quarantined.find(marie.mailbox)

        def deliver(barrier: Barrier, marie: Someone = marie) -> None:
            marks = {"Vaguemestre_Arrival": "mx", "Vaguemestre_Quarantine": "virus essai"}
            message = letter(SENDER, marie.address, "Photo", **marks)
            with smtplib.LMTP(str(lmtp_socket(engines.config)), None, timeout=60) as dovecot:
                dovecot.ehlo()
                barrier.wait()
                dovecot.send_message(message, SENDER, [marie.address])

        at_once(look, look, deliver, deliver)
        assert len(quarantined.find(marie.mailbox)) == 2
        assert not has_list_index(engines, marie, "quarantine")


def test_two_programs_delete_for_the_first_time_at_once(engines: LiveEngines) -> None:
    for _ in range(MAILBOXES):
        marie = engines.someone()
        folders = ("Trash", "Junk", "Archive")
        for folder in folders:
            with engines.signed_in(marie) as client:
                client.create(folder)
                client.append(folder, "(\\Deleted)", "", letter(SENDER, marie.address, folder).as_bytes())

        def empty(barrier: Barrier, folder: str, marie: Someone = marie) -> None:
            with engines.signed_in(marie) as client:
                client.select(folder)
                barrier.wait()
                assert client.expunge() == ("OK", [b"1"])

        at_once(*(lambda barrier, folder=folder, empty=empty: empty(barrier, folder) for folder in folders))
        assert not has_list_index(engines, marie, "deleted")


def test_the_place_of_removed_copies_has_no_index_of_its_list(engines: LiveEngines) -> None:
    marie = engines.someone()
    assert RemovedCopies(DoveadmServer(doveadm_socket(engines.config))).list_removed(marie.mailbox) == []
    assert not has_list_index(engines, marie, "removed")
