"""One IMAP connection (RFC 9051, RFC 3501): commands out, answers in. It knows no mail, only the protocol."""

import base64
import re
import socket
import ssl
import time

from vaguemestre.engines.imap.protocol.arguments import Argument, encoded
from vaguemestre.engines.imap.protocol.line_stream import (
    CHUNK_BYTES,
    ConnectionDead,
    DeadBeforeMessage,
    Line,
    LineStream,
)
from vaguemestre.foundation.kernel.counters import IMAP_DURATION, POOL
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused

PATIENCE_SECONDS = 2.7  # how long a person waits before the page says that the mail store does not answer
_COMMAND = re.compile(r"(?:UID )?[A-Z]+")
_RESPONSE_CODE = re.compile(rb"\[([A-Z0-9-]+)(?: ([^\]]*))?\]")


def _name_of(command: Argument) -> str:
    """The command without its arguments: `UID FETCH`."""
    text = command.decode("ascii", "replace") if isinstance(command, bytes) else str(command)
    match = _COMMAND.match(text)
    return match[0] if match else "?"


class CommandRefused(EngineRefused):
    """A tagged NO or BAD. `code` is the response code (RFC 5530), without brackets, or empty."""

    def __init__(self, command: str, code: str, words: str) -> None:
        super().__init__(f"imap {command}: {words}")
        self.code = code


class Connection(LineStream):
    """Used by one thread at a time."""

    def __init__(self, stream: socket.socket) -> None:
        super().__init__(stream)
        self._tag = 0
        self._unawaited: list[bytes] = []  # tags of commands whose answers were not waited for
        self.selected: str | None = None  # the folder the server has selected, for the session
        self.used_at = 0.0

    # Opening

    @classmethod
    def open(
        cls, address: tuple[str, int], mailbox: str, token: str, tls: ssl.SSLContext | None = None
    ) -> "Connection":
        """Connect and sign in with a token (OAUTHBEARER, RFC 7628).

        Raises EngineDown (ConnectionDead included), EngineRefused when the token is not accepted.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        try:
            stream = socket.create_connection(address, timeout=PATIENCE_SECONDS)
            stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if tls is not None:
                stream = tls.wrap_socket(stream, server_hostname=address[0])
        except OSError as error:
            raise ConnectionDead(f"imap: {error}") from error
        connection = cls(stream)
        try:
            connection._read_greeting(deadline)
            connection._sign_in(mailbox, token, deadline)
        except (EngineDown, EngineRefused):
            connection.close()
            raise
        return connection

    @property
    def is_reusable(self) -> bool:
        """Whether it is connected, with nothing unread but unawaited answers. Never waits."""
        if self.broken:
            return False
        try:
            self._socket.settimeout(0)
            while chunk := self._socket.recv(CHUNK_BYTES):
                self._buffer = self._buffer[self._at :] + chunk
                self._at = 0
            self.broken = True
        except (BlockingIOError, ssl.SSLWantReadError):
            self._read_unawaited()
        except OSError:
            self.broken = True
        return not self.broken

    def _read_unawaited(self) -> None:
        """Read the unawaited answers that have arrived; anything else breaks the connection."""
        while self._unawaited and (end := self._buffer.find(b"\r\n", self._at)) >= 0:
            if self._buffer.startswith(self._unawaited[0] + b" ", self._at):
                del self._unawaited[0]
            elif not self._buffer.startswith(b"* ", self._at) or self._buffer.startswith(b"* BYE", self._at):
                break
            self._at = end + 2
        if self._at < len(self._buffer) and (
            not self._unawaited or self._buffer.find(b"\r\n", self._at) >= 0
        ):
            self.broken = True

    # Commands

    def run(self, *arguments: Argument, patience: float = PATIENCE_SECONDS) -> list[Line]:
        """Run a command: its untagged lines, then the text of the tagged OK as the last one.

        Raises CommandRefused for NO and BAD, ConnectionDead when the connection went away, EngineDown when
        `patience` (seconds) is exhausted.
        """
        deadline = time.monotonic() + patience
        tag = self._next_tag()
        with IMAP_DURATION.labels(POOL, _name_of(arguments[0])).time():
            self._send(b"%b %b\r\n" % (tag, encoded(*arguments)), deadline)
            return self._read_answer(tag, arguments[0], deadline)

    def run_unawaited(self, command: bytes) -> None:
        """Send a command whose answer does not matter to us and holds no literal.

        The answer is read with the next one, or by `is_reusable`. Raises EngineDown.
        """
        tag = self._next_tag()
        self._send(b"%b %b\r\n" % (tag, command), time.monotonic() + PATIENCE_SECONDS)
        self._unawaited.append(tag)

    def run_pipelined(
        self, *commands: bytes, patience: float = PATIENCE_SECONDS, unawaited: bytes = b""
    ) -> list[list[Line]]:
        """Run commands that do not depend on each other's answers in one write: the answer to each.

        When one is refused, the answers to the others are read and dropped. `unawaited`: a command added to
        the same write, as for `run_unawaited`. Raises as `run`, for the first refusal.
        """
        deadline = time.monotonic() + patience
        tagged = [(self._next_tag(), command) for command in commands]
        pieces = [b"%b %b\r\n" % pair for pair in tagged]
        if unawaited:
            self._unawaited.append(self._next_tag())
            pieces.append(b"%b %b\r\n" % (self._unawaited[-1], unawaited))
        self._send(b"".join(pieces), deadline)
        answers: list[list[Line]] = []
        refusals: list[CommandRefused] = []
        for tag, command in tagged:
            try:
                answers.append(self._read_answer(tag, command, deadline))
            except CommandRefused as refusal:
                refusals.append(refusal)
        if refusals:
            raise refusals[0]
        return answers

    def send_message(self, *arguments: Argument, content: bytes, patience: float) -> list[Line]:
        """Run a command that ends in a message, sent once the server agrees to take it (RFC 9051 §4.3).

        Raises as `run`; a refusal (no such folder, no room) comes before the message has travelled, and
        DeadBeforeMessage when the connection ends before it has.
        """
        deadline = time.monotonic() + patience
        tag = self._next_tag()
        try:
            self._send(b"%b %b {%d}\r\n" % (tag, encoded(*arguments), len(content)), deadline)
            lines, ending = self._read_to(tag, deadline, stop_at_continuation=True)
        except ConnectionDead as dead:
            raise DeadBeforeMessage(str(dead)) from dead
        if ending is not None:
            return self._checked(lines, ending, arguments[0])
        self._send(content + b"\r\n", deadline)
        return self._read_answer(tag, arguments[0], deadline)

    # Inside

    def _next_tag(self) -> bytes:
        self._tag += 1
        return b"%d" % self._tag

    def _read_greeting(self, deadline: float) -> None:
        text = self._line(deadline).text
        if not text.startswith(b"* OK"):
            self.broken = True
            raise ConnectionDead("imap: le serveur ne se présente pas")

    def _sign_in(self, mailbox: str, token: str, deadline: float) -> None:
        authzid = mailbox.replace("=", "=3D").replace(",", "=2C")
        response = base64.b64encode(f"n,a={authzid},\x01auth=Bearer {token}\x01\x01".encode())
        tag = self._next_tag()
        self._send(b"%b AUTHENTICATE OAUTHBEARER %b\r\n" % (tag, response), deadline)
        lines, ending = self._read_to(tag, deadline, stop_at_continuation=True)
        if ending is None:
            # a refusal is explained in a challenge, which wants an empty answer (RFC 7628 §3.2.3)
            self._send(b"AQ==\r\n", deadline)
            lines, ending = self._read_to(tag, deadline)
        self._checked(lines, ending or b"NO", b"AUTHENTICATE")

    def _read_answer(self, tag: bytes, command: Argument, deadline: float) -> list[Line]:
        lines, ending = self._read_to(tag, deadline)
        return self._checked(lines, ending or b"BAD", command)

    def _checked(self, lines: list[Line], ending: bytes, command: Argument) -> list[Line]:
        """The lines and the tagged OK. Raises CommandRefused for any other ending."""
        if ending.startswith(b"OK"):
            lines.append(Line(ending))
            return lines
        code = _RESPONSE_CODE.search(ending)
        name = command.split(b" ", 2)[0:2] if isinstance(command, bytes) else []
        raise CommandRefused(
            b" ".join(name).decode("ascii", "replace"),
            code[1].decode("ascii") if code else "",
            ending.decode("utf-8", "replace")[:300],
        )

    def _read_to(
        self, tag: bytes, deadline: float, *, stop_at_continuation: bool = False
    ) -> tuple[list[Line], bytes | None]:
        """The untagged lines and the tagged ending; the ending is None when the server asks to go on."""
        lines: list[Line] = []
        start = tag + b" "
        while True:
            text, literals, is_whole = self._line(deadline)
            if self._unawaited and text.startswith(self._unawaited[0] + b" "):
                del self._unawaited[0]
                lines.clear()
            elif text.startswith(b"* "):
                if text.startswith(b"* BYE"):
                    self.broken = True
                    raise ConnectionDead("imap: le serveur a mis fin à la connexion")
                lines.append(Line(text[2:], literals, is_whole))
            elif text.startswith(start):
                return lines, text[len(start) :]
            elif text.startswith(b"+") and stop_at_continuation:
                return lines, None
            else:
                self.broken = True
                raise EngineDown("imap: une réponse à rien")
