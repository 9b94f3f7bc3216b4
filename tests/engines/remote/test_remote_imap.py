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
                tag, _, command = line.decode().strip().partition(" ")
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
    server.join(10)


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
