"""A kept connection that dies under an act: what had changed nothing is done on another, no change twice."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from vaguemestre.engines.imap.protocol.connection import Connection
from vaguemestre.engines.imap.protocol.line_stream import ConnectionDead
from vaguemestre.engines.imap.store.message_changes import MessageChanges
from vaguemestre.engines.imap.store.pool import Pool
from vaguemestre.post.mailstore.values import MailLogin, MessageRef

MARIE = MailLogin("marie", "s1")
SELECTED = b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] valid\r\n1 OK [READ-WRITE] selected\r\n"
GO_ON = b"+ go on\r\n"
APPENDED = b"1 OK [APPENDUID 7 9] appended\r\n"
GOODBYE = b"* BYE disconnected\r\n"


class Server:
    """Says to each connection, opened one after the other, one answer a line it reads, then ends it."""

    def __init__(self, *answers: list[bytes]) -> None:
        self._answers = list(answers)
        self._threads: list[threading.Thread] = []
        self.read: list[bytes] = []

    def connect(self, _login: MailLogin) -> Connection:
        ours, theirs = socket.socketpair()
        thread = threading.Thread(target=self._speak, args=(theirs, self._answers.pop(0)))
        thread.start()
        self._threads.append(thread)
        return Connection(ours)

    def _speak(self, stream: socket.socket, answers: list[bytes]) -> None:
        with stream, stream.makefile("rb") as lines:
            for answer in answers:
                self.read.append(lines.readline())
                stream.sendall(answer)

    def join(self) -> None:
        for thread in self._threads:
            thread.join()


@contextmanager
def on_a_kept_connection(*answers: list[bytes]) -> Iterator[tuple[Server, MessageChanges]]:
    """Marie's mailbox on a connection kept from the loan before."""
    server = Server(*answers)
    pool = Pool(server.connect)
    with pool.lend(MARIE) as lease:
        assert lease.connection
    with pool.lend(MARIE) as lease:
        yield server, MessageChanges(MARIE, lease)
    pool.close_all()
    server.join()


def test_a_mark_is_set_on_another_connection_when_the_folder_could_not_be_selected() -> None:
    with on_a_kept_connection([GOODBYE], [SELECTED, b"2 OK stored\r\n"]) as (server, changes):
        changes.flag([MessageRef("INBOX", 7, 3)], ("\\Seen",), ())
    assert [line.split()[1] for line in server.read] == [b"SELECT", b"SELECT", b"UID"]


def test_a_mark_that_may_have_been_set_is_not_set_again() -> None:
    with on_a_kept_connection([SELECTED, GOODBYE]) as (server, changes), pytest.raises(ConnectionDead):
        changes.flag([MessageRef("INBOX", 7, 3)], ("\\Seen",), ())
    assert [line.split()[1] for line in server.read] == [b"SELECT", b"UID"]


def test_a_message_that_had_not_travelled_goes_to_another_connection() -> None:
    with on_a_kept_connection([GOODBYE], [GO_ON, APPENDED]) as (server, changes):
        ref = changes.append("INBOX", b"Bonjour\r\n", (), datetime(2026, 1, 1, tzinfo=UTC))
    assert ref == MessageRef("INBOX", 7, 9)
    assert [line.split()[1] for line in server.read[:2]] == [b"APPEND", b"APPEND"]


def test_a_message_that_has_travelled_is_not_sent_again() -> None:
    with on_a_kept_connection([GO_ON, GOODBYE]) as (server, changes), pytest.raises(ConnectionDead):
        changes.append("INBOX", b"Bonjour\r\n", (), datetime(2026, 1, 1, tzinfo=UTC))
    assert server.read[1] == b"Bonjour\r\n"
