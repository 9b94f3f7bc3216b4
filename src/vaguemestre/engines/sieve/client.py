"""One ManageSieve connection (RFC 5804): lines, literals, answers. Knows nothing of what scripts are for."""

import base64
import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from types import TracebackType
from typing import Self

from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused

_PATIENCE_SECONDS = 4.0  # somebody waits for the page
_LONGEST_LINE = 64 * 1024
_LONGEST_LITERAL = 4 * 1024 * 1024
_TOKEN = re.compile(rb'"((?:[^"\\]|\\.)*)"|\{(\d+)\+?\}$|(\([^()]*\))|([^\s"()]+)')

type Words = list[str]


class Atom(str):
    """A bare word of an answer: OK, ACTIVE… A script may well be named "OK"; that comes quoted."""

    __slots__ = ()


class ManageSieve:
    """Open, authenticated on entering, left politely.

    Every method raises EngineDown (away, cut, slow, temporary) or EngineRefused (for good).
    """

    def __init__(self, host: str, port: int, mailbox: str, token: str) -> None:
        self._where = (host, port)
        self._mailbox = mailbox
        self._token = token

    def __enter__(self) -> Self:
        with ExitStack() as opened:
            with _wire_errors("connect"):
                self._socket = opened.enter_context(socket.create_connection(self._where, _PATIENCE_SECONDS))
                self._file = opened.enter_context(self._socket.makefile("rb"))
            self._answer("greeting")
            self._authenticate()
            self._opened = opened.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            with suppress(EngineDown, EngineRefused):  # everything asked for is done
                self.command("LOGOUT")
        self._opened.close()

    def command(self, verb: str, *arguments: str) -> list[Words]:
        """Send a command and its strings; the lines of its answer, each a list of words."""
        sent = verb.encode() + b"".join(b" " + literal(one) for one in arguments) + b"\r\n"
        with _wire_errors(verb):
            self._socket.sendall(sent)
        return self._answer(verb)

    def _authenticate(self) -> None:
        host, port = self._where
        first = oauthbearer(self._mailbox, host, port, self._token)
        try:
            self.command("AUTHENTICATE", "OAUTHBEARER", base64.b64encode(first).decode())
        except EngineRefused as error:
            # A token is minted for each connection: one refused is a moment's disagreement, not a verdict.
            raise EngineDown(f"sieve sign-in: {error}") from error

    def _answer(self, verb: str) -> list[Words]:
        lines: list[Words] = []
        while True:
            with _wire_errors(verb):
                words = self._words()
            match words[0].upper() if words and isinstance(words[0], Atom) else "":
                case "OK":
                    return lines
                case "NO" | "BYE" as said:
                    _fail(verb, said, words)
                case _:
                    lines.append(words)

    def _words(self) -> Words:
        """One logical line: literals inside it are read where they stand."""
        words: Words = []
        while True:
            line = self._file.readline(_LONGEST_LINE)
            if not line.endswith(b"\n"):
                raise ConnectionError("cut in the middle of a line")
            found, size = words_of(line.rstrip(b"\r\n"))
            words += found
            if size is None:
                return words
            words.append(self._literal(size))

    def _literal(self, size: int) -> str:
        if size > _LONGEST_LITERAL:
            raise ConnectionError(f"an answer of {size} bytes")
        content = self._file.read(size)
        if len(content) != size:
            raise ConnectionError("cut in the middle of a literal")
        return content.decode("utf-8", "replace")


def words_of(line: bytes) -> tuple[Words, int | None]:
    """The words of a physical line, and the size of the literal that follows it, if one does."""
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
    """A string of any content (RFC 5804 §4, non-synchronizing)."""
    content = text.encode()
    return b"{%d+}\r\n%s" % (len(content), content)


def oauthbearer(mailbox: str, host: str, port: int, token: str) -> bytes:
    """The first and only message of the client (RFC 7628 §3.1)."""
    name = mailbox.replace("=", "=3D").replace(",", "=2C")
    return f"n,a={name},\x01host={host}\x01port={port}\x01auth=Bearer {token}\x01\x01".encode()


def _fail(verb: str, said: str, words: Sequence[str]) -> None:
    """NO, or BYE: the code in parentheses says whether it is worth asking again (RFC 5804 §1.3)."""
    told = " ".join(words[1:])[:800]
    if said == "BYE" or "TRYLATER" in told:
        raise EngineDown(f"sieve {verb}: {told}")
    raise EngineRefused(f"sieve {verb}: {told}")


@contextmanager
def _wire_errors(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise EngineDown(f"sieve {what}: {error}") from error
