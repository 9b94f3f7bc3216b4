"""Import from another IMAP server over TLS: `portability.ports.OpenElsewhere`.

The person chooses the host name, so its address is checked first, and that very address is connected to.
Folders are opened read-only (EXAMINE, BODY.PEEK).
"""

import imaplib
import json
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple

from vaguemestre.engines.imap.protocol import mailbox_names
from vaguemestre.engines.remote.deadline import Deadline
from vaguemestre.engines.remote.host_addresses import HostAddresses
from vaguemestre.engines.remote.machine_lookup import machine_lookup
from vaguemestre.engines.remote.public_addresses import is_public
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.mailbox.portability.ports import Source, SourceRefused
from vaguemestre.mailbox.portability.values import Piece, Server

_LOOKUP_SECONDS = 10.0  # of its name
_TIMEOUT_SECONDS = 30.0  # of one read
_PATIENCE_SECONDS = 120.0  # of a connection, whatever it sends: long jobs of everybody wait behind it
_SLOWEST_BYTES_A_SECOND = 1_000_000  # of a message, for which the connection lasts longer
_MAX_MESSAGE_BYTES = 100_000_000  # of all the literals of an answer too
_MAX_LINES_BYTES = 20_000_000  # of a connection: imaplib keeps all that was not asked for
_LIST_LINE = re.compile(rb'\((?P<flags>[^)]*)\) (?P<separator>"(?:\\?.)"|NIL) (?P<name>.+)', re.DOTALL)
_SIZE = re.compile(rb"RFC822\.SIZE (\d{1,19})")
_FLAGS = re.compile(rb"FLAGS \(([^)]*)\)")
_COUNT = re.compile(rb"MESSAGES (\d{1,10})(?!\d)")
_NUMBER = re.compile(rb"\d{1,10}")  # 32 bits (RFC 9051 §9)
_USES = {"\\sent": "sent", "\\drafts": "drafts", "\\junk": "junk", "\\trash": "trash", "\\archive": "archive"}
_VIRTUAL = {"\\all", "\\flagged", "\\important"}  # views of messages of other folders
_CONTROLS = re.compile(r"[\0\r\n]")
_CONTROLS_OF_NAMES = re.compile(rb"[\0\r\n]")
_SENSELESS = (ValueError, OverflowError)  # what imaplib raises for bytes or numbers that are none
_KEPT_FLAGS = re.compile(r"\\(?:Seen|Answered|Flagged|Draft)|[A-Za-z0-9$_.-]{1,60}")


class _PinnedConnection(imaplib.IMAP4_SSL):
    """Connects to an address checked before; the certificate must match the host name."""

    def __init__(self, host: str, address: tuple[str, int], tls: ssl.SSLContext) -> None:
        self._checked_address = address
        self._lines_bytes = self._literals_bytes = 0
        super().__init__(host, address[1], ssl_context=tls, timeout=_TIMEOUT_SECONDS)

    def give_patience(self, size: int = 0) -> None:
        """Give the connection the time for a message of that size, from now on; then it is cut."""
        self._deadline.set(_PATIENCE_SECONDS + size / _SLOWEST_BYTES_A_SECOND)

    def shutdown(self) -> None:
        self._deadline.close()
        super().shutdown()

    def read(self, size: int) -> bytes:
        """A literal; the server's word on the size of a message binds nobody."""
        self._literals_bytes += size
        if self._literals_bytes > _MAX_MESSAGE_BYTES:
            raise self.abort(f"literal of {size} octets")
        return super().read(size)

    def readline(self) -> bytes:
        line = super().readline()
        self._lines_bytes += len(line)
        if self._lines_bytes > _MAX_LINES_BYTES:
            raise self.abort("too many lines")
        return line

    def _command(self, name: str, *arguments: Any) -> Any:
        """Begin a command; what answered the former ones is forgotten, or it would add up."""
        self._literals_bytes = 0
        self.untagged_responses.clear()
        return super()._command(name, *arguments)  # type: ignore[misc]

    def _create_socket(self, timeout: float | None) -> ssl.SSLSocket:
        stream = socket.create_connection(self._checked_address, timeout)
        self._deadline = Deadline(stream)
        self.give_patience()
        tls: ssl.SSLContext = self.ssl_context
        try:
            return tls.wrap_socket(stream, server_hostname=self.host)
        except OSError:
            self._deadline.close()
            stream.close()
            raise


class RemoteImap:
    """`allowed`: `host:port` of servers that may have a private address (the académie's former one)."""

    def __init__(
        self,
        allowed: tuple[str, ...] = (),
        tls: Callable[[], ssl.SSLContext] = ssl.create_default_context,
        resolve: Callable[[str, float], list[str]] | None = None,
    ) -> None:
        self._allowed = frozenset(allowed)
        self._resolve = resolve or HostAddresses()
        self._tls = tls

    @contextmanager
    def __call__(self, server: Server) -> Iterator[Source]:
        client = self._signed_in(server)
        try:
            yield _RemoteFolders(client)
        finally:
            with suppress(OSError, imaplib.IMAP4.error):
                client.logout()
            with suppress(OSError):  # closed already by a logout
                client.shutdown()

    def _signed_in(self, server: Server) -> _PinnedConnection:
        try:
            client = _PinnedConnection(server.host, self._checked_address(server), self._tls())
        except ssl.SSLCertVerificationError as error:
            raise SourceRefused("portability.server-certificate", host=server.host) from error
        except (*_SENSELESS, OSError, imaplib.IMAP4.error) as error:
            raise EngineDown(f"{server.host}: {error}") from error
        try:
            _sign_in(client, server.username, server.password)
        except (*_SENSELESS, OSError, imaplib.IMAP4.abort) as error:
            client.shutdown()
            raise EngineDown(f"{server.host} a coupé la connexion") from error
        except imaplib.IMAP4.error as error:
            client.shutdown()
            raise SourceRefused("portability.server-refused", host=server.host) from error
        return client

    def _checked_address(self, server: Server) -> tuple[str, int]:
        is_former = f"{server.host}:{server.port}" in self._allowed
        numbers = _former_addresses(server) if is_former else self._public_addresses(server)
        for numeric in numbers:
            if is_former or is_public(numeric):
                return numeric, server.port
        raise SourceRefused("portability.server-not-allowed", host=server.host)

    def _public_addresses(self, server: Server) -> list[str]:
        try:
            numbers = self._resolve(server.host, _LOOKUP_SECONDS)
        except TimeoutError:
            numbers = []
        if not numbers:
            raise SourceRefused("portability.server-unknown", host=server.host)
        return numbers


def _former_addresses(server: Server) -> list[str]:
    """Addresses of the académie's former server, which may have a name of this machine alone."""
    try:
        addresses = machine_lookup(server.host, server.port, _LOOKUP_SECONDS)
    except OSError as error:
        raise SourceRefused("portability.server-unknown", host=server.host) from error
    return [str(address.place[0]) for address in addresses]


class _RemoteFolders:
    """A cursor is `[folder, UIDVALIDITY, UID]`; `total` and `reached` are messages."""

    def __init__(self, client: _PinnedConnection) -> None:
        self._client = client
        self._folders = sorted(_parse_list(_answer(client.list)))
        counts = [self._count(folder.quoted) for folder in self._folders]
        self._before = [sum(counts[:place]) for place in range(len(counts))]
        self.total = sum(counts)

    def parts(self) -> Mapping[str, bytes]:
        return {}

    def pieces(self, after: str) -> Iterator[Piece]:
        folder, validity, last = json.loads(after) if after else ("", 0, 0)
        for place, (name, quoted, use) in enumerate(self._folders):
            if name < folder:
                continue
            _answer(self._client.select, quoted, readonly=True)
            current = next(_numbers(_first(self._client.response("UIDVALIDITY")[1])), 0)
            above = last if name == folder and current == validity else 0
            matches = _first(_answer(self._client.uid, "SEARCH", "UID", f"{above + 1}:*"))
            uids = sorted(uid for uid in _numbers(matches) if uid > above)
            for number, uid in enumerate(uids):
                cursor = json.dumps([name, current, uid])
                yield self._piece(name, use, uid, cursor, self._before[place] + number + 1)

    def _piece(self, folder: str, use: str, uid: int, cursor: str, reached: int) -> Piece:
        place = f"{folder}, n° {uid}"
        sizes = b" ".join(_parts(_answer(self._client.uid, "FETCH", str(uid), "(RFC822.SIZE)")))
        size = _SIZE.search(sizes)
        if size and int(size[1]) > _MAX_MESSAGE_BYTES:
            return Piece(place, cursor, reached, folder, use, problem="too-large")
        if size:
            self._client.give_patience(int(size[1]))
        answer = _answer(self._client.uid, "FETCH", str(uid), "(FLAGS INTERNALDATE BODY.PEEK[])")
        whole = next((item for item in answer if isinstance(item, tuple)), None)
        if whole is None:
            return Piece(place, cursor, reached, folder, use, problem="damaged")
        items = b" ".join(_parts(answer))
        return Piece(
            place, cursor, reached, folder, use, content=whole[1], flags=_flags(items), date=_date(items)
        )

    def _count(self, quoted: bytes) -> int:
        match = _COUNT.search(_first(_answer(self._client.status, quoted, "(MESSAGES)")))
        return int(match[1]) if match else 0


def _sign_in(client: imaplib.IMAP4, username: str, password: str) -> None:
    """Sign in by AUTHENTICATE PLAIN (RFC 4616), which carries any UTF-8, else by LOGIN."""
    if "AUTH=PLAIN" in client.capabilities:
        client.authenticate("PLAIN", lambda _: f"\0{username}\0{password}".encode())
    elif f"{username}{password}".isascii() and not _CONTROLS.search(f"{username}{password}"):
        client.login(username, password)
    else:
        raise imaplib.IMAP4.error("the server's LOGIN takes ASCII without line ends only")


def _answer(command: Callable[..., tuple[str, Any]], *arguments: str | bytes, **options: bool) -> list[Any]:
    """The data of an OK. Raises EngineDown for anything else."""
    try:
        kind, answer = command(*arguments, **options)
    except (*_SENSELESS, OSError, imaplib.IMAP4.error) as error:
        raise EngineDown(f"l’ancien serveur : {error}") from error
    if kind != "OK":
        raise EngineDown("l’ancien serveur répond autre chose que ce qui lui est demandé")
    return list(answer)


class _RemoteFolder(NamedTuple):
    """`name`: levels separated by `/`; `quoted`: in the server's octets; `use`: empty for none."""

    name: str
    quoted: bytes
    use: str


def _parse_list(answer: list[Any]) -> Iterator[_RemoteFolder]:
    for item in answer:
        line = item[0] + b" " + item[1] if isinstance(item, tuple) else item
        match = _LIST_LINE.match(line) if isinstance(line, bytes) else None
        if match is None:
            continue
        flags = {flag.decode("ascii", "replace").lower() for flag in match["flags"].split()}
        if flags & {"\\noselect", "\\nonexistent"} or flags & _VIRTUAL:
            continue
        raw = (item[1] if isinstance(item, tuple) else match["name"]).strip()
        if _CONTROLS_OF_NAMES.search(raw):
            continue  # repeated in a command, it would begin a second one
        is_quoted = raw.startswith(b'"')
        plain = raw[1:-1].replace(b'\\"', b'"').replace(b"\\\\", b"\\") if is_quoted else raw
        separator = match["separator"].strip(b'"').replace(b"\\\\", b"\\").decode("ascii", "replace")
        name = mailbox_names.from_wire(plain.decode("utf-8", "replace"))
        if separator not in ("/", "NIL"):
            name = name.replace("/", "-").replace(separator, "/")
        quoted = b'"' + plain.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
        yield _RemoteFolder(name, quoted, next((_USES[flag] for flag in flags if flag in _USES), ""))


def _parts(answer: list[Any]) -> Iterator[bytes]:
    for item in answer:
        if isinstance(item, tuple):
            yield item[0]
        elif isinstance(item, bytes):
            yield item


def _first(answer: list[Any]) -> bytes:
    return next((item for item in answer if isinstance(item, bytes)), b"")


def _flags(items: bytes) -> frozenset[str]:
    match = _FLAGS.search(items)
    flags = match[1].decode("ascii", "replace").split() if match else []
    return frozenset(flag for flag in flags if _KEPT_FLAGS.fullmatch(flag))


def _date(items: bytes) -> datetime | None:
    try:
        local = imaplib.Internaldate2tuple(items)
        return datetime.fromtimestamp(time.mktime(local), UTC) if local else None
    except (*_SENSELESS, KeyError):  # a month that is none
        return None


def _numbers(text: bytes) -> Iterator[int]:
    """The numbers of a list; anything else in it is passed over."""
    return (int(word) for word in text.split() if _NUMBER.fullmatch(word))
