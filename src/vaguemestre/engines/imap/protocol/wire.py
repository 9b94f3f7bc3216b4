"""One IMAP connection (RFC 9051, RFC 3501): bytes out, lines in. It knows no mail, only the protocol."""

import base64
import re
import socket
import ssl
import time
from dataclasses import dataclass
from typing import NamedTuple

from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused

PATIENCE = 2.7  # seconds a person waits before being told that the mail store does not answer
_CHUNK = 65_536
_LONGEST_LINE = 8_000_000  # a line without its literals; a list of 50,000 UIDs takes 0.4 MB
_LONGEST_FETCH = 1_000_000  # of what is said of one message: thousands of recipients
_KEPT_OF_LONG = 65_536
_LITERAL_END = re.compile(rb"~?\{(\d{1,12})\+?\}\Z")
_LONGEST_LITERAL_END = 16
_STATUS = (b"* OK", b"* NO", b"* BAD", b"* BYE", b"* PREAUTH")
_QUOTABLE = re.compile(r"[\x20-\x7e]*")
_FETCHED = re.compile(rb"\* [0-9]+ FETCH \(")
_CODE = re.compile(rb"\[([A-Z0-9-]+)(?: ([^\]]*))?\]")


class ConnectionDead(EngineDown):
    """The server closed the connection, or it could not be made."""


class TooSlow(EngineDown):
    """The server did not end its answer in time."""


class Answered(EngineRefused):
    """A tagged NO or BAD. `code` is the response code (RFC 5530), without brackets, or empty."""

    def __init__(self, command: str, code: str, words: str) -> None:
        super().__init__(f"imap {command}: {words}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Literal:
    """Bytes sent as they are, counted first (a message)."""

    content: bytes


class Line(NamedTuple):
    """An untagged answer without its `* `; each literal stands in `text` as `"\\0"` and in `literals`.

    Of a message of which too much is said only the beginning is kept: `is_whole` is then False.
    """

    text: bytes
    literals: tuple[bytes, ...] = ()
    is_whole: bool = True


type Argument = bytes | str | int | Literal


def encoded(*arguments: Argument) -> bytes:
    """A command's arguments. `bytes` are the caller's own keywords; a `str` is data: quoted, or a literal.

    Raises EngineRefused for CR, LF or NUL in data: nothing typed by somebody becomes a command.
    """
    return b" ".join([_one(argument) for argument in arguments])


def _one(argument: Argument) -> bytes:
    match argument:
        case bytes():
            return argument
        case int():
            return b"%d" % argument
        case Literal(content):
            return b"{%d+}\r\n%b" % (len(content), content)
        case str():
            return _string(argument)


def _string(data: str) -> bytes:
    if "\r" in data or "\n" in data or "\0" in data:
        raise EngineRefused("imap: control character in an argument")
    if _QUOTABLE.fullmatch(data):
        return b'"%b"' % data.replace("\\", "\\\\").replace('"', '\\"').encode("ascii")
    content = data.encode("utf-8", "replace")
    return b"{%d+}\r\n%b" % (len(content), content)


class Connection:
    """Used by one thread at a time. After any EngineDown it is `broken` and only good for `close`."""

    def __init__(self, stream: socket.socket) -> None:
        self._socket = stream
        self._buffer = b""
        self._at = 0  # where the unread part of the buffer begins
        self._tag = 0
        self._owed: list[bytes] = []  # tags whose answers nobody waited for
        self.broken = False
        self.selected: str | None = None  # the folder the server has selected, for the gateway
        self.used_at = 0.0
        self.heard_at = time.monotonic()  # when the server last said something, or was last asked

    # Opening and closing

    @classmethod
    def open(
        cls, address: tuple[str, int], mailbox: str, token: str, tls: ssl.SSLContext | None = None
    ) -> "Connection":
        """Connect and sign in with a token (OAUTHBEARER, RFC 7628).

        Raises EngineDown (ConnectionDead included), EngineRefused when the token is not accepted.
        """
        deadline = time.monotonic() + PATIENCE
        try:
            stream = socket.create_connection(address, timeout=PATIENCE)
            stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if tls is not None:
                stream = tls.wrap_socket(stream, server_hostname=address[0])
        except OSError as error:
            raise ConnectionDead(f"imap connection: {error}") from error
        connection = cls(stream)
        try:
            connection._greeting(deadline)
            connection._sign_in(mailbox, token, deadline)
        except (EngineDown, EngineRefused):
            connection.close()
            raise
        return connection

    def close(self) -> None:
        """Hang up without ceremony: nothing we did is undone by it."""
        self.broken = True
        self._socket.close()

    @property
    def is_fit(self) -> bool:
        """Still connected and not a byte unread, but answers nobody waited for. Never waits."""
        if self.broken:
            return False
        try:
            self._socket.settimeout(0)
            while chunk := self._socket.recv(_CHUNK):
                self._buffer = self._buffer[self._at :] + chunk
                self._at = 0
            self.broken = True
        except (BlockingIOError, ssl.SSLWantReadError):
            self._read_owed()
        except OSError:
            self.broken = True
        return not self.broken

    def _read_owed(self) -> None:
        """Read what is here of the answers nobody waited for; anything else breaks the connection."""
        while self._owed and (end := self._buffer.find(b"\r\n", self._at)) >= 0:
            if self._buffer.startswith(self._owed[0] + b" ", self._at):
                del self._owed[0]
            elif not self._buffer.startswith(b"* ", self._at) or self._buffer.startswith(b"* BYE", self._at):
                break
            self._at = end + 2
        if self._at < len(self._buffer) and (not self._owed or self._buffer.find(b"\r\n", self._at) >= 0):
            self.broken = True

    # Commands

    def run(self, *arguments: Argument, patience: float = PATIENCE) -> list[Line]:
        """Send a command and wait for its end: the untagged lines, then the tagged OK's text as the last one.

        Raises Answered for NO and BAD, ConnectionDead when the connection went away, EngineDown when time is
        up.
        """
        deadline = time.monotonic() + patience
        tag = self._next_tag()
        self._send(b"%b %b\r\n" % (tag, encoded(*arguments)), deadline)
        return self._ended(tag, arguments[0], deadline)

    def tell(self, command: bytes) -> None:
        """A command whose answer changes nothing for us and comes in lines without literals.

        It is read with the next one's, or by `is_fit`. Raises EngineDown.
        """
        tag = self._next_tag()
        self._send(b"%b %b\r\n" % (tag, command), time.monotonic() + PATIENCE)
        self._owed.append(tag)

    def run_together(
        self, *commands: bytes, patience: float = PATIENCE, tell: bytes = b""
    ) -> list[list[Line]]:
        """Commands in one write, for those that need nothing of the answers before them: what each answers.

        When one is refused the answers of the others are read and dropped. `tell`: in the same write too, a
        command as for the method of that name. Raises as `run`, for the first refusal.
        """
        deadline = time.monotonic() + patience
        tagged = [(self._next_tag(), command) for command in commands]
        written = [b"%b %b\r\n" % one for one in tagged]
        if tell:
            self._owed.append(self._next_tag())
            written.append(b"%b %b\r\n" % (self._owed[-1], tell))
        self._send(b"".join(written), deadline)
        answers: list[list[Line]] = []
        refused: list[Answered] = []
        for tag, command in tagged:
            try:
                answers.append(self._ended(tag, command, deadline))
            except Answered as answer:
                refused.append(answer)
        if refused:
            raise refused[0]
        return answers

    def send_message(self, *arguments: Argument, content: bytes, patience: float) -> list[Line]:
        """A command ending in a message, sent only once the server agreed to take it (RFC 9051 §4.3).

        Raises as `run`; a refusal (no such folder, no room) comes before the message has travelled.
        """
        deadline = time.monotonic() + patience
        tag = self._next_tag()
        self._send(b"%b %b {%d}\r\n" % (tag, encoded(*arguments), len(content)), deadline)
        lines, ending = self._read_to(tag, deadline, stop_at_continuation=True)
        if ending is not None:
            return self._judged(lines, ending, arguments[0])
        self._send(content + b"\r\n", deadline)
        return self._ended(tag, arguments[0], deadline)

    # Inside

    def _next_tag(self) -> bytes:
        self._tag += 1
        return b"%d" % self._tag

    def _greeting(self, deadline: float) -> None:
        text = self._line(deadline).text
        if not text.startswith(b"* OK"):
            self.broken = True
            raise ConnectionDead("imap greeting")

    def _sign_in(self, mailbox: str, token: str, deadline: float) -> None:
        said = f"n,a={mailbox.replace('=', '=3D').replace(',', '=2C')},\x01auth=Bearer {token}\x01\x01"
        response = base64.b64encode(said.encode("utf-8"))
        tag = self._next_tag()
        self._send(b"%b AUTHENTICATE OAUTHBEARER %b\r\n" % (tag, response), deadline)
        lines, ending = self._read_to(tag, deadline, stop_at_continuation=True)
        if ending is None:
            # a refusal is explained in a challenge, which wants an empty answer (RFC 7628 §3.2.3)
            self._send(b"AQ==\r\n", deadline)
            lines, ending = self._read_to(tag, deadline)
        self._judged(lines, ending or b"NO", b"AUTHENTICATE")

    def _ended(self, tag: bytes, command: Argument, deadline: float) -> list[Line]:
        lines, ending = self._read_to(tag, deadline)
        return self._judged(lines, ending or b"BAD", command)

    def _judged(self, lines: list[Line], ending: bytes, command: Argument) -> list[Line]:
        if ending.startswith(b"OK"):
            lines.append(Line(ending))
            return lines
        found = _CODE.search(ending)
        name = command.split(b" ", 2)[0:2] if isinstance(command, bytes) else []
        raise Answered(
            b" ".join(name).decode("ascii", "replace"),
            found[1].decode("ascii") if found else "",
            ending.decode("utf-8", "replace")[:300],
        )

    def _read_to(
        self, tag: bytes, deadline: float, *, stop_at_continuation: bool = False
    ) -> tuple[list[Line], bytes | None]:
        """The untagged lines and the tagged ending; None for an ending when the server asks to go on."""
        lines: list[Line] = []
        wanted = tag + b" "
        while True:
            text, literals, is_whole = self._line(deadline)
            if self._owed and text.startswith(self._owed[0] + b" "):
                del self._owed[0]
                lines.clear()
            elif text.startswith(b"* "):
                if text.startswith(b"* BYE"):
                    self.broken = True
                    raise ConnectionDead("imap: the server said goodbye")
                lines.append(Line(text[2:], literals, is_whole))
            elif text.startswith(wanted):
                return lines, text[len(wanted) :]
            elif text.startswith(b"+") and stop_at_continuation:
                return lines, None
            else:
                self.broken = True
                raise EngineDown("imap: an answer nobody asked for")

    def _line(self, deadline: float) -> Line:
        text, is_whole = self._text(deadline, 0)
        # a status line ends in words for people, where braces mean nothing
        if not text.endswith(b"}") or not text.startswith(b"* ") or text.startswith(_STATUS):
            return Line(text, (), is_whole)
        most = _LONGEST_FETCH if _FETCHED.match(text) else _LONGEST_LINE
        length = len(text)
        literals: list[bytes] = []
        pieces: list[bytes] = []
        while found := _LITERAL_END.search(text, max(0, len(text) - _LONGEST_LITERAL_END)):
            literal = self._exactly(int(found[1]), deadline)
            if is_whole:
                literals.append(literal)
            pieces.append(text[: found.start()] + b'"\0"')
            text, has_all = self._text(deadline, most)
            length += len(text)
            is_whole = is_whole and has_all and length <= most
            if not is_whole:
                del pieces[1:]
        return Line(b"".join(pieces) + (text if is_whole else b""), tuple(literals), is_whole)

    def _text(self, deadline: float, most: int) -> tuple[bytes, bool]:
        """Up to the end of a line, and whether that is all of it: the middle of a very long one is dropped.

        `most`: octets; 0 at the beginning of a line, which says itself how long it may be.
        """
        looked_at, beginning = self._at, b""
        while (end := self._buffer.find(b"\r\n", looked_at)) < 0:
            have = len(self._buffer) - self._at
            if have > (most or _LONGEST_FETCH):
                most = most or (_LONGEST_FETCH if _FETCHED.match(self._buffer, self._at) else _LONGEST_LINE)
                if most == _LONGEST_LINE and have > most:
                    self.broken = True
                    raise EngineDown("imap: a line without end")
                if most == _LONGEST_FETCH:
                    beginning = beginning or self._buffer[self._at : self._at + _KEPT_OF_LONG]
                    self._at = len(self._buffer) - _LONGEST_LITERAL_END
            looked_at = max(0, len(self._buffer) - self._at - 1)
            self._more(deadline)
        text = beginning + self._buffer[self._at : end]
        self._at = end + 2
        return text.replace(b"\0", b"") if b"\0" in text else text, not beginning

    def _exactly(self, count: int, deadline: float) -> bytes:
        have = self._buffer[self._at : self._at + count]
        self._at += len(have)
        if len(have) == count:
            return have
        chunks, missing = [have], count - len(have)
        while missing > 0:
            self._more(deadline)
            chunks.append(self._buffer[self._at : self._at + missing])
            self._at += len(chunks[-1])
            missing -= len(chunks[-1])
        return b"".join(chunks)

    def _more(self, deadline: float) -> None:
        self._buffer = self._buffer[self._at :] + self._receive(deadline)
        self._at = 0

    def _receive(self, deadline: float) -> bytes:
        try:
            self._socket.settimeout(self._left(deadline))
            chunk = self._socket.recv(_CHUNK)
        except TimeoutError as error:
            self.broken = True
            raise TooSlow("imap: no answer in time") from error
        except OSError as error:
            self.broken = True
            raise ConnectionDead(f"imap: {error}") from error
        if not chunk:
            self.broken = True
            raise ConnectionDead("imap: the connection was closed")
        self.heard_at = time.monotonic()
        return chunk

    def _send(self, content: bytes, deadline: float) -> None:
        if self.broken:
            raise ConnectionDead("imap: this connection is broken")
        try:
            self._socket.settimeout(self._left(deadline))
            self._socket.sendall(content)
        except TimeoutError as error:
            self.broken = True
            raise EngineDown("imap: nothing is taken in time") from error
        except OSError as error:
            self.broken = True
            raise ConnectionDead(f"imap: {error}") from error

    def _left(self, deadline: float) -> float:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left
