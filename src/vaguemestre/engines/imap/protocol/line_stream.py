"""A socket read line by line, literals included (RFC 9051 §4.3), within a deadline and bounds of length."""

import re
import socket
import time
from typing import NamedTuple

from vaguemestre.foundation.kernel.errors import EngineDown

CHUNK_BYTES = 65_536
_MAX_LINE_BYTES = 8_000_000  # a line without its literals; a list of 50,000 UIDs takes 0.4 MB
_MAX_FETCH_BYTES = 1_000_000  # the answer about one message: thousands of recipients
_KEPT_BYTES_OF_LONG = 65_536
_LITERAL_END = re.compile(rb"~?\{(\d{1,12})\+?\}\Z")
_MAX_LITERAL_END = 16
_STATUS = (b"* OK", b"* NO", b"* BAD", b"* BYE", b"* PREAUTH")
_FETCH = re.compile(rb"\* [0-9]+ FETCH \(")


class ConnectionDead(EngineDown):
    """The server closed the connection, or it could not be opened."""


class DeadBeforeMessage(ConnectionDead):
    """The server closed the connection before it had agreed to take a message: it kept nothing of it."""


class TooSlow(EngineDown):
    """The server did not finish its answer in time."""


class Line(NamedTuple):
    """An untagged answer without its `* `; each literal stands in `text` as `"\\0"` and in `literals`.

    When the answer about a message is too long, only its beginning is kept: `is_whole` is then False.
    """

    text: bytes
    literals: tuple[bytes, ...] = ()
    is_whole: bool = True


class LineStream:
    """Octets out, lines in. After any EngineDown it is `broken` and only good for `close`."""

    def __init__(self, stream: socket.socket) -> None:
        self._socket = stream
        self._buffer = b""
        self._at = 0  # where the unread part of the buffer begins
        self.broken = False
        self.heard_at = time.monotonic()  # when the server last sent something, or when this was opened

    def close(self) -> None:
        """Close the socket without LOGOUT: nothing we did is undone by it."""
        self.broken = True
        self._socket.close()

    def _line(self, deadline: float) -> Line:
        text, is_whole = self._text(deadline, 0)
        # a status line ends in words for people, where braces mean nothing
        if not text.endswith(b"}") or not text.startswith(b"* ") or text.startswith(_STATUS):
            return Line(text, (), is_whole)
        most = _MAX_FETCH_BYTES if _FETCH.match(text) else _MAX_LINE_BYTES
        length = len(text)
        literals: list[bytes] = []
        pieces: list[bytes] = []
        while match := _LITERAL_END.search(text, max(0, len(text) - _MAX_LITERAL_END)):
            literal = self._exactly(int(match[1]), deadline)
            if is_whole:
                literals.append(literal)
            pieces.append(text[: match.start()] + b'"\0"')
            text, has_all = self._text(deadline, most)
            length += len(text)
            is_whole = is_whole and has_all and length <= most
            if not is_whole:
                del pieces[1:]
        return Line(b"".join(pieces) + (text if is_whole else b""), tuple(literals), is_whole)

    def _text(self, deadline: float, most: int) -> tuple[bytes, bool]:
        """Read to the end of a line: the text, and whether it is whole (the middle of a long one is dropped).

        `most`: octets; 0 at the beginning of a line, whose first words decide how long it may be.
        """
        searched_to, beginning = self._at, b""
        while (end := self._buffer.find(b"\r\n", searched_to)) < 0:
            length = len(self._buffer) - self._at
            if length > (most or _MAX_FETCH_BYTES):
                most = most or (_MAX_FETCH_BYTES if _FETCH.match(self._buffer, self._at) else _MAX_LINE_BYTES)
                if most == _MAX_LINE_BYTES and length > most:
                    self.broken = True
                    raise EngineDown("imap: une ligne sans fin")
                if most == _MAX_FETCH_BYTES:
                    beginning = beginning or self._buffer[self._at : self._at + _KEPT_BYTES_OF_LONG]
                    self._at = len(self._buffer) - _MAX_LITERAL_END
            searched_to = max(0, len(self._buffer) - self._at - 1)
            self._fill(deadline)
        text = beginning + self._buffer[self._at : end]
        self._at = end + 2
        return text.replace(b"\0", b"") if b"\0" in text else text, not beginning

    def _exactly(self, count: int, deadline: float) -> bytes:
        content = self._buffer[self._at : self._at + count]
        self._at += len(content)
        if len(content) == count:
            return content
        chunks, missing = [content], count - len(content)
        while missing > 0:
            self._fill(deadline)
            chunks.append(self._buffer[self._at : self._at + missing])
            self._at += len(chunks[-1])
            missing -= len(chunks[-1])
        return b"".join(chunks)

    def _fill(self, deadline: float) -> None:
        self._buffer = self._buffer[self._at :] + self._receive(deadline)
        self._at = 0

    def _receive(self, deadline: float) -> bytes:
        try:
            self._socket.settimeout(_seconds_left(deadline))
            chunk = self._socket.recv(CHUNK_BYTES)
        except TimeoutError as error:
            self.broken = True
            raise TooSlow("imap: pas de réponse à temps") from error
        except OSError as error:
            self.broken = True
            raise ConnectionDead(f"imap: {error}") from error
        if not chunk:
            self.broken = True
            raise ConnectionDead("imap: la connexion a été coupée")
        self.heard_at = time.monotonic()
        return chunk

    def _send(self, content: bytes, deadline: float) -> None:
        if self.broken:
            raise ConnectionDead("imap: cette connexion ne peut plus servir")
        try:
            self._socket.settimeout(_seconds_left(deadline))
            self._socket.sendall(content)
        except TimeoutError as error:
            self.broken = True
            raise EngineDown("imap: le serveur ne prend rien à temps") from error
        except OSError as error:
            self.broken = True
            raise ConnectionDead(f"imap: {error}") from error


def _seconds_left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
