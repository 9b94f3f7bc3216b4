"""A move that an end of everything cut between its copy and its removal is finished before Dovecot starts."""

import imaplib
import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from tests.engines.live import LiveEngines, Someone, letter, wait_until

from vaguemestre.engines.dovecot import configuration
from vaguemestre.engines.dovecot.configuration import log_file
from vaguemestre.engines.dovecot.copies.unfinished_moves import Ending, Move, how_it_ended, unfinished_moves
from vaguemestre.engines.dovecot.homes import mail_home
from vaguemestre.processes.supervisor import process_table

AT = "2026-11-29T02:22:25+0000"
WHO = "imap(u@a.fr)<7><Lf7A>"


def asked(folder: str, uid: int, who: str = WHO) -> str:
    return f"{AT} {who}: Debug: Mailbox {folder}: UID {uid}: Expunge requested"


def done(folder: str, uid: int, who: str = WHO) -> str:
    return f"{AT} {who}: Info: Mailbox {folder}: expunge: box={folder}, uid={uid}, msgid=<0@x>, size=33"


def test_what_was_announced_and_not_done_since_the_last_start_is_unfinished() -> None:
    start = f"{AT} master: Info: Dovecot v2.4.1-4 (7d8c0e5759) starting up for imap, lmtp, sieve"
    at = datetime.fromisoformat(AT)
    lines = [
        asked("Avant", 1), start, asked("Refusé", 1, "imap(u@a.fr)<9><gone>"),
        f"{AT} imap(u@a.fr)<9><gone>: Info: Disconnected: Logged out in=1 out=2",
        asked("Ici", 1), asked("Ici", 2), asked("Là: UID 3", 3), done("Ici", 1),
        asked("Ici", 4, "imap(v@a.fr)<7><Lf7A>"), asked("Ici", 5), done("Ici", 5, "imap(u@a.fr)<8><other>"),
    ]  # fmt: skip
    assert unfinished_moves(lines) == [
        Move("u@a.fr", "Ici", 2, at), Move("u@a.fr", "Là: UID 3", 3, at), Move("v@a.fr", "Ici", 4, at),
        Move("u@a.fr", "Ici", 5, at),
    ]  # fmt: skip


STORED = "Info: Mailbox Là: copy from Ici: box=Là, uid=7, msgid=<0@x>, size=33"


def test_after_an_end_of_everything_what_the_log_knows_of_is_no_move_cut_short() -> None:
    start = "2026-11-29T02:20:00+0000 master: Info: Dovecot v2.4.1-4 (7d8c0e5759) starting up for imap"
    ending = how_it_ended([start, f"{AT} {WHO}: {STORED}", asked("Ici", 2)], is_cut=True)
    at = datetime.fromisoformat(AT)
    assert ending == Ending(
        at - timedelta(seconds=30),
        ("u@a.fr",),
        frozenset({("u@a.fr", "Ici", 2)}),
        frozenset({("u@a.fr", "Là", 7)}),
    )
    assert how_it_ended([f"{AT} {WHO}: {STORED}"], is_cut=True) == Ending(
        at, ("u@a.fr",), frozenset(), frozenset({("u@a.fr", "Là", 7)})
    )


def test_dovecot_that_was_told_to_stop_left_nothing_half_done_but_what_it_announced() -> None:
    start = f"{AT} master: Info: Dovecot v2.4.1-4 (7d8c0e5759) starting up for imap"
    stop = f"{AT} master: Warning: Killed with signal 15 (by pid=1 uid=0 code=kill)"
    assert how_it_ended([], is_cut=False) is None
    assert how_it_ended([start, f"{AT} {WHO}: {STORED}", stop], is_cut=False) is None
    ending = how_it_ended([f"{AT} {WHO}: {STORED}", stop, start], is_cut=True)
    assert ending == Ending(
        datetime.fromisoformat(AT), ("u@a.fr",), frozenset(), frozenset({("u@a.fr", "Là", 7)})
    )
    ending = how_it_ended([start, asked("Ici", 2), stop], is_cut=False)
    assert ending is not None
    assert (ending.moving, ending.written) == (frozenset({("u@a.fr", "Ici", 2)}), None)


def test_dovecot_that_ended_before_it_could_stop_is_cut() -> None:
    """As when all processes end at once, and the one that started it an instant before."""
    start = f"{AT} master: Info: Dovecot v2.4.1-4 (7d8c0e5759) starting up for imap"
    stop = f"{AT} master: Warning: Killed with signal 15 (by pid=1 uid=0 code=kill)"
    ending = how_it_ended([start, f"{AT} {WHO}: {STORED}", stop], is_cut=True)
    assert ending is not None
    assert ending.written == frozenset({("u@a.fr", "Là", 7)})


@pytest.fixture
def marie(engines: LiveEngines) -> Someone:
    return engines.someone()


def filled(client: imaplib.IMAP4, marie: Someone, *subjects: str) -> None:
    for folder in ("Ici", "Là-bas"):
        client.create(quoted(folder))
    for subject in subjects:
        message = letter(marie.address, marie.address, subject)
        assert client.append("Ici", "", "", message.as_bytes())[0] == "OK"
    client.select("Ici")


def quoted(folder: str) -> str:
    return f'"{folder.replace("à", "&AOA-")}"'


def count(engines: LiveEngines, marie: Someone, folder: str) -> int:
    with engines.signed_in(marie) as client:
        client.select(quoted(folder), readonly=True)
        return len(client.uid("SEARCH", "ALL")[1][0].split())


def said(engines: LiveEngines, marie: Someone, words: str) -> list[str]:
    lines = log_file(engines.config).read_text(errors="replace").splitlines()
    return [line for line in lines if marie.mailbox in line and words in line]


def log_process(engines: LiveEngines) -> int:
    """That of Dovecot's log."""
    (found,) = [
        process.pid
        for process in process_table.descendants(engines.children["dovecot"].pid)
        if process.name == "log"
    ]
    return found


def cut(engines: LiveEngines, before_start: Callable[[], None] = lambda: None) -> None:
    engines.end("dovecot", signal.SIGKILL)
    before_start()
    engines.start_dovecot()


@pytest.mark.engines
def test_dovecot_announces_the_removals_of_a_move_before_it_copies(
    engines: LiveEngines, marie: Someone
) -> None:
    with engines.signed_in(marie) as client:
        filled(client, marie, "un", "deux")
        assert client.uid("MOVE", "1", quoted("Là-bas"))[0] == "OK"
        assert client.uid("STORE", "2", "+FLAGS", "\\Deleted")[0] == "OK"
        client.expunge()
    wait_until(lambda: len(said(engines, marie, "expunge: box=Ici")) == 2)
    (line,) = said(engines, marie, "Expunge requested")
    log = log_file(engines.config).read_text(errors="replace")
    assert log.index(line) < log.index(said(engines, marie, "copy from Ici")[0])
    assert [(move.folder, move.uid) for move in unfinished_moves([line])] == [("Ici", 1)]


@pytest.mark.engines
def test_only_the_message_whose_copy_is_stored_leaves_its_folder(
    engines: LiveEngines, marie: Someone
) -> None:
    with engines.signed_in(marie) as client:
        filled(client, marie, "copié et annoncé", "annoncé", "copié par sa propriétaire")
        assert client.uid("COPY", "1", quoted("Là-bas"))[0] == "OK"
        assert client.uid("COPY", "3", quoted("Là-bas"))[0] == "OK"
        assert client.uid("COPY", "2", "Ici")[0] == "OK"
    wait_until(lambda: len(said(engines, marie, "copy from Ici")) == 3)
    moment, session = said(engines, marie, "copy from Ici")[0].split(" Info: ")[0].split(" ")

    def announce() -> None:
        with log_file(engines.config).open("a") as log:
            for uid in (1, 2):
                log.write(f"{moment} {session} Debug: Mailbox Ici: UID {uid}: Expunge requested\n")

    cut(engines, announce)
    assert count(engines, marie, "Ici") == 3
    assert count(engines, marie, "Là-bas") == 2
    cut(engines)
    assert count(engines, marie, "Ici") == 3


@pytest.mark.engines
def test_a_message_copied_as_everything_ended_stands_once_if_the_log_had_no_time_to_say_so(
    engines: LiveEngines, marie: Someone
) -> None:
    """The state of a move that was cut before its removal."""
    with engines.signed_in(marie) as client:
        filled(client, marie, "un", "copié avant", "trois")
        client.create("Ailleurs")
        assert client.uid("COPY", "2", "Ailleurs")[0] == "OK"
        wait_until(lambda: said(engines, marie, "copy from Ici"))  # and all before it
        os.kill(log_process(engines), signal.SIGSTOP)
        assert client.uid("COPY", "1:2", quoted("Là-bas"))[0] == "OK"
    cut(engines)
    assert (count(engines, marie, "Ici"), count(engines, marie, "Là-bas")) == (2, 1)
    assert count(engines, marie, "Ailleurs") == 1
    with engines.signed_in(marie) as client:
        client.select(quoted("Là-bas"))
        assert b"un" in client.uid("FETCH", "1:*", "BODY.PEEK[HEADER.FIELDS (SUBJECT)]")[1][0][1]


@pytest.mark.engines
def test_moves_are_finished_even_if_the_start_has_the_process_number_of_what_was_cut(
    engines: LiveEngines, marie: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a power cut, when what starts first is given the same numbers again."""
    with engines.signed_in(marie) as client:
        filled(client, marie, "un")
        os.kill(log_process(engines), signal.SIGSTOP)
        assert client.uid("COPY", "1", quoted("Là-bas"))[0] == "OK"
    monkeypatch.setattr(configuration, "_START", f'echo "$$" >"$1"; {configuration._START}')
    cut(engines)
    assert (count(engines, marie, "Ici"), count(engines, marie, "Là-bas")) == (0, 1)


@pytest.mark.engines
def test_moves_are_finished_after_a_cut_in_which_dovecot_was_told_to_stop(
    engines: LiveEngines, marie: Someone
) -> None:
    with engines.signed_in(marie) as client:
        filled(client, marie, "un")
        os.kill(log_process(engines), signal.SIGSTOP)
        assert client.uid("COPY", "1", quoted("Là-bas"))[0] == "OK"

    def tell() -> None:
        with log_file(engines.config).open("a") as log:
            moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
            log.write(f"{moment} master: Warning: Killed with signal 15 (by pid=1 uid=0 code=kill)\n")

    cut(engines, tell)
    assert (count(engines, marie, "Ici"), count(engines, marie, "Là-bas")) == (0, 1)


@pytest.mark.engines
def test_what_was_copied_before_dovecot_stopped_is_no_move(engines: LiveEngines, marie: Someone) -> None:
    with engines.signed_in(marie) as client:
        filled(client, marie, "un")
        os.kill(log_process(engines), signal.SIGSTOP)
        assert client.uid("COPY", "1", quoted("Là-bas"))[0] == "OK"
        os.kill(log_process(engines), signal.SIGCONT)
    engines.end("dovecot")
    engines.start_dovecot()
    assert (count(engines, marie, "Ici"), count(engines, marie, "Là-bas")) == (1, 1)


@pytest.mark.engines
def test_a_file_that_a_folder_lists_is_no_copy_cut_short(engines: LiveEngines, marie: Someone) -> None:
    """It was copied long before a move of it was announced and cut."""
    with engines.signed_in(marie) as client:
        filled(client, marie, "un", "deux")
        assert client.uid("COPY", "1:2", quoted("Là-bas"))[0] == "OK"
        assert client.uid("COPY", "1:2", "Ici")[0] == "OK"
    wait_until(lambda: len(said(engines, marie, "copy from Ici")) == 4)
    session = said(engines, marie, "copy from Ici")[0].split(" Info: ")[0].split(" ")[1]
    later = (datetime.now(UTC) + timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%S+0000")

    def announce() -> None:
        with log_file(engines.config).open("a") as log:
            log.write(f"{later} {session} Debug: Mailbox Ici: UID 1: Expunge requested\n")

    cut(engines, announce)
    with engines.signed_in(marie) as client:
        client.select(quoted("Là-bas"), readonly=True)
        assert client.uid("FETCH", "1:*", "BODY.PEEK[]")[0] == "OK"
        assert len(client.uid("SEARCH", "ALL")[1][0].split()) == 2


@pytest.mark.engines
def test_a_copy_that_came_no_further_than_its_file_never_becomes_a_message(
    engines: LiveEngines, marie: Someone
) -> None:
    """Dovecot lists what it finds where it was about to store the next message."""
    with engines.signed_in(marie) as client:
        filled(client, marie, "un", "deux", "trois")
        assert client.uid("COPY", "1", quoted("Là-bas"))[0] == "OK"
    (line,) = wait_until(lambda: said(engines, marie, "copy from Ici"))
    moment, session = line.split(" Info: ")[0].split(" ")
    folders = mail_home(engines.config, marie.mailbox) / "sdbox" / "mailboxes"

    def begin() -> None:
        (target,) = folders.glob("L*/dbox-Mails")
        for uid in (2, 3):
            os.link(folders / "Ici" / "dbox-Mails" / f"u.{uid}", target / f"u.{uid}")
        with log_file(engines.config).open("a") as log:
            for uid in (2, 3):
                log.write(f"{moment} {session} Debug: Mailbox Ici: UID {uid}: Expunge requested\n")

    cut(engines, begin)
    with engines.signed_in(marie) as client:
        client.select("Ici")
        assert client.uid("MOVE", "2:3", quoted("Là-bas"))[0] == "OK"
    assert (count(engines, marie, "Ici"), count(engines, marie, "Là-bas")) == (1, 3)


@pytest.mark.engines
def test_moves_that_ended_are_left_alone(engines: LiveEngines, marie: Someone) -> None:
    with engines.signed_in(marie) as client:
        filled(client, marie, "un")
        assert client.uid("MOVE", "1", quoted("Là-bas"))[0] == "OK"
        client.select(quoted("Là-bas"))
        assert client.uid("COPY", "1", "Ici")[0] == "OK"
    cut(engines)
    assert (count(engines, marie, "Ici"), count(engines, marie, "Là-bas")) == (1, 1)


@pytest.mark.engines
def test_a_moved_message_whose_former_files_a_cut_left_behind_stays(
    engines: LiveEngines, marie: Someone
) -> None:
    """Dovecot removes a message from the index, then its file: cut between the two, the file stays."""
    with engines.signed_in(marie) as client:
        filled(client, marie, "un", "deux", "trois")
        client.create("Ailleurs")
        assert client.uid("MOVE", "1:2", quoted("Là-bas"))[0] == "OK"
        wait_until(lambda: len(said(engines, marie, "expunge: box=Ici")) == 2)
        os.kill(log_process(engines), signal.SIGSTOP)
        client.select(quoted("Là-bas"))
        assert client.uid("MOVE", "1", "Ailleurs")[0] == "OK"
    folders = mail_home(engines.config, marie.mailbox) / "sdbox" / "mailboxes"
    (kept,) = folders.glob("Ailleurs/dbox-Mails/u.1")
    left = [place / "u.1" for place in folders.glob("[IL]*/dbox-Mails") if place.parent.name != "INBOX"]

    def leave_behind() -> None:
        for file in left:
            file.hardlink_to(kept)

    cut(engines, leave_behind)
    assert [count(engines, marie, folder) for folder in ("Ici", "Là-bas", "Ailleurs")] == [1, 1, 1]
    assert not any(file.exists() for file in left)
