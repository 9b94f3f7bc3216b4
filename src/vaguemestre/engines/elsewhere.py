"""Another mail server, read by IMAP over TLS on behalf of its owner: `portability.ports.OpenElsewhere`.

The name is the person's to choose: the address it leads to is judged before anything is said to it, and it is
that very address that is connected to. The server's folders are only looked at (EXAMINE, BODY.PEEK).
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
from typing import Any

from vaguemestre.engines.imap.protocol import mailbox_names
from vaguemestre.engines.remote.addresses import is_public
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.mailbox.portability.ports import Source, SourceRefused
from vaguemestre.mailbox.portability.values import Piece, Server

_SECONDS = 30.0
_LARGEST = 100_000_000
_LISTED = re.compile(rb'\((?P<flags>[^)]*)\) (?P<separator>"(?:\\?.)"|NIL) (?P<name>.+)', re.DOTALL)
_UID = re.compile(rb"UID (\d+)")
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_FLAGS = re.compile(rb"FLAGS \(([^)]*)\)")
_COUNT = re.compile(rb"MESSAGES (\d+)")
_USES = {"\\sent": "sent", "\\drafts": "drafts", "\\junk": "junk", "\\trash": "trash", "\\archive": "archive"}
_TWICE = {"\\all", "\\flagged", "\\important"}  # views of messages that stand elsewhere too
_KEPT_FLAGS = re.compile(r"\\(?:Seen|Answered|Flagged|Draft)|[A-Za-z0-9$_.-]{1,60}")


class _To(imaplib.IMAP4_SSL):
    """Connects to an address that was judged; the certificate must be that of the name."""

    def __init__(self, host: str, address: tuple[str, int], tls: ssl.SSLContext) -> None:
        self._judged = address
        super().__init__(host, address[1], ssl_context=tls, timeout=_SECONDS)

    def _create_socket(self, timeout: float | None) -> ssl.SSLSocket:
        stream = socket.create_connection(self._judged, timeout)
        tls: ssl.SSLContext = self.ssl_context
        try:
            return tls.wrap_socket(stream, server_hostname=self.host)
        except OSError:
            stream.close()
            raise


class Elsewhere:
    """`allowed`: `host:port` of servers that may have a private address (the académie's own former one)."""

    def __init__(
        self,
        allowed: tuple[str, ...] = (),
        tls: Callable[[], ssl.SSLContext] = ssl.create_default_context,
    ) -> None:
        self._allowed = frozenset(allowed)
        self._tls = tls

    @contextmanager
    def __call__(self, server: Server) -> Iterator[Source]:
        client = self._signed_in(server)
        try:
            yield _Folders(client)
        finally:
            with suppress(OSError, imaplib.IMAP4.error):
                client.logout()

    def _signed_in(self, server: Server) -> imaplib.IMAP4:
        try:
            client = _To(server.host, self._judged(server), self._tls())
        except ssl.SSLCertVerificationError as error:
            raise SourceRefused("portability.server-certificate", host=server.host) from error
        except (OSError, imaplib.IMAP4.error) as error:
            raise EngineDown(f"{server.host}: {error}") from error
        try:
            client.login(server.username, server.password)
        except (OSError, imaplib.IMAP4.abort) as error:
            client.shutdown()
            raise EngineDown(f"{server.host} closed the connection") from error
        except imaplib.IMAP4.error as error:
            client.shutdown()
            raise SourceRefused("portability.server-refused", host=server.host) from error
        return client

    def _judged(self, server: Server) -> tuple[str, int]:
        try:
            found = socket.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise SourceRefused("portability.server-unknown", host=server.host) from error
        for *_, address in found:
            numeric = str(address[0])
            if is_public(numeric) or f"{server.host}:{server.port}" in self._allowed:
                return numeric, server.port
        raise SourceRefused("portability.server-not-allowed", host=server.host)


class _Folders:
    """A cursor is `[folder, UIDVALIDITY, UID]`; `total` and `reached` are messages."""

    def __init__(self, client: imaplib.IMAP4) -> None:
        self._client = client
        self._listed = sorted(_listed(_asked(client.list)))
        counts = [self._count(wire) for _, wire, _ in self._listed]
        self._before = [sum(counts[:place]) for place in range(len(counts))]
        self.total = sum(counts)

    def parts(self) -> Mapping[str, bytes]:
        return {}

    def pieces(self, after: str) -> Iterator[Piece]:
        folder, validity, last = json.loads(after) if after else ("", 0, 0)
        for place, (name, wire, use) in enumerate(self._listed):
            if name < folder:
                continue
            _asked(self._client.select, wire, readonly=True)
            here = int(_first(self._client.response("UIDVALIDITY")[1]) or 0)
            above = last if name == folder and here == validity else 0
            found = _first(_asked(self._client.uid, "SEARCH", "UID", f"{above + 1}:*"))
            uids = sorted(int(uid) for uid in found.split() if int(uid) > above)
            for number, uid in enumerate(uids):
                cursor = json.dumps([name, here, uid])
                yield self._piece(name, use, uid, cursor, self._before[place] + number + 1)

    def _piece(self, folder: str, use: str, uid: int, cursor: str, reached: int) -> Piece:
        place = f"{folder}, n° {uid}"
        told = b" ".join(_parts(_asked(self._client.uid, "FETCH", str(uid), "(RFC822.SIZE)")))
        size = _SIZE.search(told)
        if size and int(size[1]) > _LARGEST:
            return Piece(place, cursor, reached, folder, use, problem="too-large")
        answer = _asked(self._client.uid, "FETCH", str(uid), "(FLAGS INTERNALDATE BODY.PEEK[])")
        whole = next((one for one in answer if isinstance(one, tuple)), None)
        if whole is None:
            return Piece(place, cursor, reached, folder, use, problem="damaged")
        said = b" ".join(_parts(answer))
        return Piece(
            place, cursor, reached, folder, use, content=whole[1], flags=_flags(said), date=_date(said)
        )

    def _count(self, wire: str) -> int:
        told = _COUNT.search(_first(_asked(self._client.status, wire, "(MESSAGES)")))
        return int(told[1]) if told else 0


def _asked(ask: Callable[..., tuple[str, Any]], *said: str, **how: bool) -> list[Any]:
    try:
        kind, answer = ask(*said, **how)
    except (OSError, imaplib.IMAP4.error) as error:
        raise EngineDown(f"the other server: {error}") from error
    if kind != "OK":
        raise EngineDown("the other server does not answer what was asked")
    return list(answer)


def _listed(answer: list[Any]) -> Iterator[tuple[str, str, str]]:
    """(name, levels apart by `/`; name to say to the server; use)."""
    for one in answer:
        line = one[0] + b" " + one[1] if isinstance(one, tuple) else one
        match = _LISTED.match(line) if isinstance(line, bytes) else None
        if match is None:
            continue
        flags = {flag.decode("ascii", "replace").lower() for flag in match["flags"].split()}
        if flags & {"\\noselect", "\\nonexistent"} or flags & _TWICE:
            continue
        written = one[1] if isinstance(one, tuple) else match["name"]
        said = written.decode("utf-8", "replace").strip()
        plain = said[1:-1].replace('\\"', '"').replace("\\\\", "\\") if said.startswith('"') else said
        separator = match["separator"].strip(b'"').replace(b"\\\\", b"\\").decode("ascii", "replace")
        name = mailbox_names.from_wire(plain)
        if separator not in ("/", "NIL"):
            name = name.replace("/", "-").replace(separator, "/")
        quoted = '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'
        yield name, quoted, next((_USES[flag] for flag in flags if flag in _USES), "")


def _parts(answer: list[Any]) -> Iterator[bytes]:
    for one in answer:
        if isinstance(one, tuple):
            yield one[0]
        elif isinstance(one, bytes):
            yield one


def _first(answer: list[Any]) -> bytes:
    return next((one for one in answer if isinstance(one, bytes)), b"")


def _flags(said: bytes) -> frozenset[str]:
    found = _FLAGS.search(said)
    flags = found[1].decode("ascii", "replace").split() if found else []
    return frozenset(flag for flag in flags if _KEPT_FLAGS.fullmatch(flag))


def _date(said: bytes) -> datetime | None:
    told = imaplib.Internaldate2tuple(said)
    return datetime.fromtimestamp(time.mktime(told), UTC) if told else None
