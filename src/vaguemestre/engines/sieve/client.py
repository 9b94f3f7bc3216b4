"""One ManageSieve connection (RFC 5804): lines, literals, answers."""

import base64
import re
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from types import TracebackType
from typing import Self

from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused

_TIMEOUT_SECONDS = 4.0  # a person waits for the page
_MAX_LINE_BYTES = 64 * 1024
_MAX_LITERAL_BYTES = 4 * 1024 * 1024
_TOKEN = re.compile(rb'"((?:[^"\\]|\\.)*)"|\{(\d+)\+?\}$|(\([^()]*\))|([^\s"()]+)')

type Words = list[str]


class Atom(str):
    """A bare word of an answer: OK, ACTIVE… (A script named "OK" comes quoted.)"""

    __slots__ = ()


class ManageSieve:
    """A connection opened and authenticated on entering, closed with LOGOUT.

    Every method raises EngineDown (unreachable, cut, slow, temporary) or EngineRefused (permanent).
    """

    def __init__(
        self, host: str, port: int, mailbox: str, token: str, tls: ssl.SSLContext | None = None
    ) -> None:
        self._where = (host, port)
        self._tls = tls
        self._mailbox = mailbox
        self._token = token

    def __enter__(self) -> Self:
        with ExitStack() as opened:
            with _wire_errors("connect"):
                self._socket = opened.enter_context(socket.create_connection(self._where, _TIMEOUT_SECONDS))
                self._file = opened.enter_context(self._socket.makefile("rb"))
            self._read_answer("greeting")
            if self._tls is not None:
                self.command("STARTTLS")
                with _wire_errors("connect"):
                    self._socket = opened.enter_context(
                        self._tls.wrap_socket(self._socket, server_hostname=self._where[0])
                    )
                    self._file = opened.enter_context(self._socket.makefile("rb"))
                self._read_answer("greeting")
            self._authenticate()
            self._opened = opened.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            with suppress(EngineDown, EngineRefused):  # every command has been answered
                self.command("LOGOUT")
        self._opened.close()

    def command(self, verb: str, *arguments: str) -> list[Words]:
        """Run a command: the lines of its answer, each a list of words."""
        line = verb.encode() + b"".join(b" " + literal(text) for text in arguments) + b"\r\n"
        with _wire_errors(verb):
            self._socket.sendall(line)
        return self._read_answer(verb)

    def _authenticate(self) -> None:
        host, port = self._where
        response = oauthbearer(self._mailbox, host, port, self._token)
        try:
            self.command("AUTHENTICATE", "OAUTHBEARER", base64.b64encode(response).decode())
        except EngineRefused as error:
            # A token is minted for each connection: a refused one is a temporary failure.
            raise EngineDown(f"sieve : l’ouverture est refusée ({error})") from error

    def _read_answer(self, verb: str) -> list[Words]:
        lines: list[Words] = []
        while True:
            with _wire_errors(verb):
                words = self._read_line()
            match words[0].upper() if words and isinstance(words[0], Atom) else "":
                case "OK":
                    return lines
                case "NO" | "BYE" as kind:
                    _raise(verb, kind, words)
                case _:
                    lines.append(words)

    def _read_line(self) -> Words:
        """The words of one logical line, its literals included."""
        words: Words = []
        while True:
            line = self._file.readline(_MAX_LINE_BYTES)
            if not line.endswith(b"\n"):
                raise ConnectionError("cut in the middle of a line")
            line_words, size = words_of(line.rstrip(b"\r\n"))
            words += line_words
            if size is None:
                return words
            words.append(self._read_literal(size))

    def _read_literal(self, size: int) -> str:
        if size > _MAX_LITERAL_BYTES:
            raise ConnectionError(f"an answer of {size} bytes")
        content = self._file.read(size)
        if len(content) != size:
            raise ConnectionError("cut in the middle of a literal")
        return content.decode("utf-8", "replace")


def words_of(line: bytes) -> tuple[Words, int | None]:
    """The words of a physical line, and the size of the literal after it, if any."""
    words: Words = []
    size = None
    for quoted, literal_size, group, atom in _TOKEN.findall(line):
        if literal_size:
            size = int(literal_size)
        elif group or atom:
            words.append(Atom((group or atom).decode("utf-8", "replace")))
        else:
            words.append(re.sub(rb"\\(.)", rb"\1", quoted).decode("utf-8", "replace"))
    return words, size


def literal(text: str) -> bytes:
    """A string as a non-synchronizing literal (RFC 5804 §4)."""
    content = text.encode()
    return b"{%d+}\r\n%s" % (len(content), content)


def oauthbearer(mailbox: str, host: str, port: int, token: str) -> bytes:
    """The client's only message of OAUTHBEARER (RFC 7628 §3.1)."""
    authzid = mailbox.replace("=", "=3D").replace(",", "=2C")
    return f"n,a={authzid},\x01host={host}\x01port={port}\x01auth=Bearer {token}\x01\x01".encode()


def _raise(verb: str, kind: str, words: Sequence[str]) -> None:
    """Raise for NO or BYE; the code in parentheses tells temporary from permanent (RFC 5804 §1.3)."""
    text = " ".join(words[1:])[:800]
    if kind == "BYE" or "TRYLATER" in text:
        raise EngineDown(f"sieve {verb}: {text}")
    raise EngineRefused(f"sieve {verb}: {text}")


@contextmanager
def _wire_errors(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise EngineDown(f"sieve {what}: {error}") from error
