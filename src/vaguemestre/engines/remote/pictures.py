"""`webmail.ports.FetchPicture`: one HTTP request, by an address we chose and checked, within limits (rule J).

No cookie, no referrer, nothing of the reader. Redirects are followed three times, each checked anew.
"""

import http.client
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from dataclasses import dataclass
from threading import BoundedSemaphore
from urllib.parse import urljoin, urlsplit

from vaguemestre.engines.remote.addresses import is_public
from vaguemestre.webmail.ports import PictureRefused
from vaguemestre.webmail.rules.kinds import picture_kind
from vaguemestre.webmail.values import Picture

_HEADERS = {
    "User-Agent": "Mozilla/5.0 (compatible; Vaguemestre)",
    "Accept": "image/avif,image/webp,image/png,image/jpeg,image/gif,image/*;q=0.5",
    "Accept-Encoding": "identity",
}
PORTS = {"http": 80, "https": 443}
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_MOST_REDIRECTS = 3
_CHUNK = 65_536


@dataclass(frozen=True)
class Limits:
    seconds: float = 3.0
    largest: int = 5_000_000
    at_once: int = 3  # per process: the others wait their turn, then give up


@dataclass(frozen=True)
class _Target:
    scheme: str
    host: str
    path: str


class Pictures:
    """Fetches pictures. `resolve` gives the numeric addresses of a host, `is_allowed` judges one of them."""

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        resolve: Callable[[str, int], list[str]] | None = None,
        is_allowed: Callable[[str], bool] = is_public,
        ports: Mapping[str, int] = PORTS,
    ) -> None:
        self._limits = limits or Limits()
        self._resolve = resolve or _resolved
        self._is_allowed = is_allowed
        self._ports = ports
        self._turns = BoundedSemaphore(self._limits.at_once)
        self._resolvers = ThreadPoolExecutor(4, thread_name_prefix="resolve")
        self._tls = ssl.create_default_context()

    def __call__(self, address: str) -> Picture:
        end = time.monotonic() + self._limits.seconds
        if not self._turns.acquire(timeout=self._limits.seconds):
            raise PictureRefused("webmail.picture-too-slow")
        try:
            return self._fetch(address, end)
        except (OSError, http.client.HTTPException, TooLate) as error:
            raise PictureRefused("webmail.picture-unreachable") from error
        finally:
            self._turns.release()

    def _fetch(self, address: str, end: float) -> Picture:
        for _ in range(_MOST_REDIRECTS + 1):
            found = self._once(_target(address), end)
            if isinstance(found, Picture):
                return found
            address = urljoin(address, found)
        raise PictureRefused("webmail.picture-redirected-too-often")

    def _once(self, target: _Target, end: float) -> Picture | str:
        """The picture, or where it is said to be."""
        with self._connected(target, end) as sock:
            connection = http.client.HTTPConnection(target.host, self._ports[target.scheme])
            connection.sock = sock  # http.client lets go of it once an answer has no stated end: ours stays
            connection.request("GET", target.path, headers=_HEADERS)
            with connection.getresponse() as answer:
                if answer.status in _REDIRECTS:
                    return answer.headers.get("Location", "")
                if answer.status != http.HTTPStatus.OK:
                    raise PictureRefused("webmail.picture-unreachable")
                return self._read(sock, answer, end)

    def _connected(self, target: _Target, end: float) -> socket.socket:
        for address in self._addresses(target, end):
            if not self._is_allowed(address):
                raise PictureRefused("webmail.picture-private-address")
            plain = socket.create_connection((address, self._ports[target.scheme]), timeout=_left(end))
            if not self._is_allowed(plain.getpeername()[0]):
                plain.close()
                raise PictureRefused("webmail.picture-private-address")
            if target.scheme == "http":
                return plain
            return self._tls.wrap_socket(plain, server_hostname=target.host)
        raise PictureRefused("webmail.picture-unreachable")

    def _addresses(self, target: _Target, end: float) -> list[str]:
        """The resolver knows no time limit: it is asked in a thread, and left there if it dawdles."""
        asked: Future[list[str]] = self._resolvers.submit(
            self._resolve, target.host, self._ports[target.scheme]
        )
        return asked.result(timeout=_left(end))

    def _read(self, sock: socket.socket, answer: http.client.HTTPResponse, end: float) -> Picture:
        content = bytearray()
        while chunk := answer.read1(_CHUNK):
            content += chunk
            if len(content) > self._limits.largest:
                raise PictureRefused("webmail.picture-too-heavy")
            left = _left(end)
            if sock.fileno() >= 0:
                sock.settimeout(left)
        kind = picture_kind(bytes(content[:64]))
        if not kind:
            raise PictureRefused("webmail.picture-is-none")
        return Picture(bytes(content), kind)


def _target(address: str) -> _Target:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise PictureRefused("webmail.picture-address-malformed") from error
    if parts.scheme not in PORTS or not parts.hostname or port not in {None, PORTS[parts.scheme]}:
        raise PictureRefused("webmail.picture-address-malformed")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return _Target(parts.scheme, parts.hostname.rstrip("."), _ascii(path))


def _ascii(path: str) -> str:
    """As it goes on the request line: no space, no control, no letter beyond ASCII."""
    return "".join(
        char if "!" <= char <= "~" else "".join(f"%{octet:02X}" for octet in char.encode("utf-8", "replace"))
        for char in path
    )


def _resolved(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(place[4][0]) for place in found]


def _left(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise TooLate
    return left
