"""Another IMAP server: what it says of its folders is not repeated blindly, and it keeps nobody waiting."""

import datetime as dt
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from vaguemestre.engines import remote_imap
from vaguemestre.engines.remote_imap import RemoteImap, _parse_list
from vaguemestre.engines.tls import certificates
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.mailbox.portability import values
from vaguemestre.mailbox.portability.values import Piece
from vaguemestre.site.config import Config


@pytest.mark.parametrize("name", [b"Notes\r\nA9 DELETE INBOX", b"Notes\nA9 LOGOUT", b"Not\0es"])
def test_a_folder_whose_name_holds_a_line_end_is_passed_over(name: bytes) -> None:
    answer = [(b'(\\HasNoChildren) "/" {%d}' % len(name), name), b'(\\HasNoChildren) "/" "Projets"']
    assert [folder.name for folder in _parse_list(answer)] == ["Projets"]


class Server(threading.Thread):
    """An IMAP server over TLS that answers a client until it asks for something; then it does as it likes."""

    def __init__(self, folder: Path, answer: Callable[[str, ssl.SSLSocket], None]) -> None:
        super().__init__(daemon=True)
        self._answer = answer
        own = certificates.make_missing(Config(home=folder), now=dt.datetime.now(dt.UTC))
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(own.certificate, own.key)
        self.authority = own.ca
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]

    def run(self) -> None:
        with suppress(OSError), self._door, self._accepted() as stream:
            stream.sendall(b"* OK [CAPABILITY IMAP4rev1] here\r\n")
            for line in stream.makefile("rb"):
                tag, _, command = line.decode("latin-1").strip().partition(" ")
                if command == "CAPABILITY":
                    stream.sendall(b"* CAPABILITY IMAP4rev1\r\n")
                elif not command.startswith("LOGIN"):
                    self._answer(command, stream)
                stream.sendall(f"{tag} OK done\r\n".encode())

    def _accepted(self) -> ssl.SSLSocket:
        return self._tls.wrap_socket(self._door.accept()[0], server_side=True)


def read(server: Server) -> list[Piece]:
    server.start()
    tls = ssl.create_default_context(cafile=server.authority)
    elsewhere = RemoteImap((f"localhost:{server.port}",), lambda: tls)
    with elsewhere(values.Server("localhost", server.port, "jean", "secret")) as source:
        return list(source.pieces(""))


@pytest.mark.parametrize("what", [b"* OK still\r\n", b"x"], ids=["whole lines", "a line without end"])
def test_a_server_that_goes_on_without_ever_answering_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: bytes
) -> None:
    monkeypatch.setattr(remote_imap, "_PATIENCE_SECONDS", 0.5)
    ended = threading.Event()

    def drip(command: str, stream: ssl.SSLSocket) -> None:
        while not ended.wait(0.05):
            stream.sendall(what)

    server = Server(tmp_path, drip)
    with pytest.raises(EngineDown):
        read(server)
    ended.set()
    server.join(60)


def test_a_server_that_floods_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_imap, "_MAX_LINES_BYTES", 50_000)

    def flood(command: str, stream: ssl.SSLSocket) -> None:
        for _ in range(100):
            stream.sendall(b"* OK " + b"x" * 1000 + b"\r\n")

    with pytest.raises(EngineDown, match="too many lines"):
        read(Server(tmp_path, flood))


def test_a_message_larger_than_the_server_said_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_imap, "_MAX_MESSAGE_BYTES", 10_000)

    def answer(command: str, stream: ssl.SSLSocket) -> None:
        if command.startswith("LIST"):
            stream.sendall(b'* LIST () "/" INBOX\r\n')
        elif command.startswith("STATUS"):
            stream.sendall(b"* STATUS INBOX (MESSAGES 1)\r\n")
        elif command.startswith("EXAMINE"):
            stream.sendall(b"* 1 EXISTS\r\n* OK [UIDVALIDITY 1] valid\r\n")
        elif command.startswith("UID SEARCH"):
            stream.sendall(b"* SEARCH 1\r\n")
        elif "RFC822.SIZE" in command:
            stream.sendall(b"* 1 FETCH (UID 1 RFC822.SIZE 100)\r\n")
        elif "BODY.PEEK" in command:
            stream.sendall(b"* 1 FETCH (UID 1 BODY[] {20000}\r\n" + b"x" * 20_000 + b")\r\n")

    with pytest.raises(EngineDown, match="literal of 20000 octets"):
        read(Server(tmp_path, answer))


def plain_server(folder: Path, odd: dict[str, bytes]) -> Server:
    """A server of one folder and one message. `odd`: what it answers to some commands instead."""
    answers = {
        "LIST": b'* LIST () "/" INBOX\r\n',
        "STATUS": b"* STATUS INBOX (MESSAGES 1)\r\n",
        "EXAMINE": b"* 1 EXISTS\r\n* OK [UIDVALIDITY 1] valid\r\n",
        "UID SEARCH": b"* SEARCH 1\r\n",
        "UID FETCH 1 (RFC822": b"* 1 FETCH (UID 1 RFC822.SIZE 4)\r\n",
        "UID FETCH 1 (FLAGS": b"* 1 FETCH (UID 1 BODY[] {4}\r\nabcd)\r\n",
    }
    answers = {**odd, **answers, **odd}  # the more precise ones first

    def answer(command: str, stream: ssl.SSLSocket) -> None:
        stream.sendall(next((text for key, text in answers.items() if command.startswith(key)), b""))

    return Server(folder, answer)


HEAVY = b"x" * 9000
LITERALS = b"* 1 FETCH (UID 1 BODY[] {9000}\r\n" + HEAVY + b" RFC822 {9000}\r\n" + HEAVY + b")\r\n"


@pytest.mark.parametrize("command", ["LIST", "UID SEARCH", "UID FETCH 1 (FLAGS"])
def test_an_answer_of_many_literals_is_not_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr(remote_imap, "_MAX_MESSAGE_BYTES", 10_000)
    with pytest.raises(EngineDown, match="literal of 9000 octets"):
        read(plain_server(tmp_path, {command: LITERALS}))


def test_what_was_not_asked_for_does_not_add_up_from_one_command_to_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[list[str]] = []
    real = remote_imap._PinnedConnection._new_tag  # type: ignore[attr-defined]

    def watched(client: remote_imap._PinnedConnection) -> bytes:
        kept.append([*client.untagged_responses])
        tag: bytes = real(client)
        return tag

    monkeypatch.setattr(remote_imap._PinnedConnection, "_new_tag", watched, raising=False)
    unasked = b"* NEWS {9}\r\nabcdefghi\r\n* SEARCH 1\r\n"
    assert [piece.content for piece in read(plain_server(tmp_path, {"UID SEARCH": unasked}))] == [b"abcd"]
    assert [] in kept
    assert not any("NEWS" in names for names in kept)


NINES = b"9" * 5000  # more digits than Python reads


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("EXAMINE", b"* OK [UIDVALIDITY abc] valid\r\n"),
        ("EXAMINE", b"* OK [UIDVALIDITY " + NINES + b"] valid\r\n"),
        ("STATUS", b"* STATUS INBOX (MESSAGES " + NINES + b")\r\n"),
        ("UID SEARCH", b"* SEARCH x 1 " + NINES + b"\r\n"),
        (
            "UID FETCH 1 (FLAGS",
            b'* 1 FETCH (UID 1 INTERNALDATE "01-Jan-0000 00:00:00 +0000" BODY[] {4}\r\nabcd)\r\n',
        ),
        (
            "UID FETCH 1 (FLAGS",
            b'* 1 FETCH (UID 1 INTERNALDATE "01-Abc-2024 00:00:00 +0000" BODY[] {4}\r\nabcd)\r\n',
        ),
    ],
)
def test_numbers_and_dates_that_are_none_stop_no_import(tmp_path: Path, command: str, answer: bytes) -> None:
    assert [piece.content for piece in read(plain_server(tmp_path, {command: answer}))] == [b"abcd"]


def test_a_size_beyond_every_number_is_that_of_a_message_too_large(tmp_path: Path) -> None:
    answer = b"* 1 FETCH (UID 1 RFC822.SIZE " + NINES + b")\r\n"
    (piece,) = read(plain_server(tmp_path, {"UID FETCH 1 (RFC822": answer}))
    assert piece.problem == "too-large"


def test_a_literal_whose_size_is_no_number_ends_the_import_for_now(tmp_path: Path) -> None:
    with pytest.raises(EngineDown):
        read(plain_server(tmp_path, {"LIST": b'* LIST () "/" {' + NINES + b"}\r\n"}))


def test_a_folder_is_named_to_the_server_in_its_own_octets(tmp_path: Path) -> None:
    """Old servers spell names in Latin-1: one such name would stop the whole import."""
    listed, chosen = b'* LIST () "/" "Re\xe7us"\r\n', b"* OK [UIDVALIDITY 7] valid\r\n"
    (piece,) = read(plain_server(tmp_path, {"LIST": listed, 'EXAMINE "Re\xe7us"': chosen}))
    assert (piece.folder, piece.cursor) == ("Re\ufffdus", '["Re\\ufffdus", 7, 1]')
