"""What it costs to count, remove and give back a message in many mailboxes of a real Dovecot: processor each.

`PYTHONPATH=src:. python bench/removals.py --mailboxes 300 --letters 200`, as root: it starts a Dovecot and a
Postfix of their own (those of the tests), fills the mailboxes, then asks the doveadm server as the
mail agent does. The processor is that of every process of Dovecot and of this one.
"""

import argparse
import imaplib
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import django
from tests.engines import live
from tests.engines.live import LiveEngines, Someone, letter

from vaguemestre.desks.removals.values import SoughtMail
from vaguemestre.engines.dovecot.copies.removed_copies import RemovedCopies, sought_words
from vaguemestre.engines.dovecot.doveadm_server import DoveadmServer, doveadm_socket
from vaguemestre.engines.dovecot.homes import mail_home

TICKS = os.sysconf("SC_CLK_TCK")
FORGED, QUEUE_ID = "<f1@x.example>", "4jcL145XDTz1dbQY"
RECEIVED = (
    f"Received: from x by mail.ac-amiens.test (Postfix) with ESMTP id {QUEUE_ID}; 10 Nov 2026 08:00 +0000\r\n"
)


def dovecot_seconds(master: int) -> float:
    """Processor of a session of processes: of the living, and of those whose end their parent has seen."""
    ticks = 0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            text = (entry / "stat").read_text()
        except OSError:
            continue
        fields = text[text.rindex(")") + 2 :].split()
        if int(fields[3]) == master:
            ticks += sum(map(int, fields[11:15] if int(entry.name) == master else fields[11:13]))
    return ticks / TICKS


def measure(name: str, master: int, mailboxes: list[str], act: Callable[[str], object]) -> float:
    before, own, began = dovecot_seconds(master), time.process_time(), time.perf_counter()
    for mailbox in mailboxes:
        act(mailbox)
    wall = (time.perf_counter() - began) * 1000 / len(mailboxes)
    used = (dovecot_seconds(master) - before + time.process_time() - own) * 1000 / len(mailboxes)
    print(f"{name:13} {used:6.2f} ms of processor, {wall:6.2f} ms a mailbox", flush=True)
    return used


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mailboxes", type=int, default=300)
    parser.add_argument("--letters", type=int, default=200)
    options = parser.parse_args()
    django.setup()
    run(options.mailboxes, options.letters)


def run(count: int, letters: int) -> None:
    engines = live.make()
    try:
        engines.start()
        people = [engines.someone() for _ in range(count)]
        fill(engines, people, letters)
        copies = RemovedCopies(DoveadmServer(doveadm_socket(engines.config)), engines.config)
        master = engines.children["dovecot"].pid
        names = [person.mailbox for person in people]
        report(copies, master, names)
    finally:
        engines.stop()
        live.remove(engines)


def report(copies: RemovedCopies, master: int, names: list[str]) -> None:
    found: dict[str, list[list[str]]] = {}
    taken: dict[str, list[str]] = {}
    looks: dict[str, tuple[str, list[list[str]]]] = {}
    unchanged: list[bool] = []
    words = sought_words(SoughtMail(frozenset({QUEUE_ID}), ((QUEUE_ID, int(time.time())),), (FORGED,)))

    def count(name: str) -> None:
        found[name] = copies.find(name, words)

    def look(name: str) -> None:
        looks[name] = copies.look(name, words)

    def remove(name: str) -> None:
        """As a pass does: a second look only if the mailbox changed since the first."""
        state, rows = looks[name]
        is_same = bool(state) and copies.state(name) == state
        for folder, uid, guid, _ in rows if is_same else copies.find(name, words):
            assert copies.remove(name, folder, uid) == 1
            taken[name] = [guid]
        unchanged.append(is_same)

    def remove_from_changed(name: str) -> None:
        looks[name] = "", []
        remove(name)

    def restore(name: str) -> None:
        copies.restore_guids(name, "INBOX", *taken[name])

    measure("count", master, names, count)
    assert all(len(rows) == 1 for rows in found.values())
    measure("count again", master, names, look)
    measure("remove", master, names, remove)
    print(f"{sum(unchanged)} of {len(names)} mailboxes had no second look")
    measure("give back", master, names, restore)
    measure("changed since", master, names, remove_from_changed)


def fill(engines: LiveEngines, people: list[Someone], letters: int) -> None:
    """The first mailbox over IMAP; its folder is copied for the others: files do not say whose they are."""
    forged = letter("faux@dehors.example", "a@ac-amiens.test", "Votre compte sera fermé")
    forged.replace_header("Message-ID", FORGED)
    text = "Bonjour, voici le compte rendu de la réunion. " * 20
    plain = [letter("chef@ac-amiens.test", "a@ac-amiens.test", f"Note {n}", text) for n in range(letters)]
    contents = [message.as_bytes() for message in plain] + [RECEIVED.encode() + forged.as_bytes()]
    with engines.signed_in(people[0]) as client:
        for age, content in enumerate(reversed(contents)):  # one an hour, the last one just now
            came = imaplib.Time2Internaldate(time.time() - 3600 * age)
            client.append("INBOX", "", came, content)
    first = mail_home(engines.config, people[0].mailbox)
    for person in people[1:]:
        home = mail_home(engines.config, person.mailbox)
        shutil.rmtree(home)
        # a file of a lock may go meanwhile
        subprocess.run(["cp", "-a", str(first), str(home)], check=False, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
