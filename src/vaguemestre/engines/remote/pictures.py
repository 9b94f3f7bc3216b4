"""`webmail.ports.FetchPicture`: one request to a checked address, within limits (docs/security.md rule J).

No cookie, no referrer, nothing about the reader. Three redirects are followed, each checked anew.
"""

import http.client
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import BoundedSemaphore
from urllib.parse import urljoin

from vaguemestre.engines.remote.checked_connection import (
    PORTS,
    CheckedConnector,
    ConnectionForbidden,
    Target,
    parse_target,
    seconds_left,
)
from vaguemestre.engines.remote.public_addresses import is_public
from vaguemestre.mailbox.webmail.ports import PictureRefused
from vaguemestre.mailbox.webmail.rules.rendering.kinds import picture_kind
from vaguemestre.mailbox.webmail.values import Picture

_HEADERS = {
    "User-Agent": "Mozilla/5.0 (compatible; Vaguemestre)",
    "Accept": "image/avif,image/webp,image/png,image/jpeg,image/gif,image/*;q=0.5",
    "Accept-Encoding": "identity",
}
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_MAX_REDIRECTS = 3
_CHUNK = 65_536


@dataclass(frozen=True)
class Limits:
    seconds: float = 3.0
    largest: int = 5_000_000
    at_once: int = 3  # per process; one more waits for its turn, then is refused


class PictureFetcher:
    """`resolve` returns the numeric addresses of a host, `is_allowed` checks one of them."""

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        resolve: Callable[[str, float], list[str]] | None = None,
        is_allowed: Callable[[str], bool] = is_public,
        ports: Mapping[str, int] = PORTS,
    ) -> None:
        self._limits = limits or Limits()
        self._connector = CheckedConnector(resolve=resolve, is_allowed=is_allowed, ports=ports)
        self._turns = BoundedSemaphore(self._limits.at_once)

    def __call__(self, address: str) -> Picture:
        end = time.monotonic() + self._limits.seconds
        if not self._turns.acquire(timeout=self._limits.seconds):
            raise PictureRefused("webmail.picture-too-slow")
        try:
            return self._fetch(address, end)
        except ConnectionForbidden as closed:
            raise PictureRefused(f"webmail.picture-{closed}") from closed
        except (OSError, http.client.HTTPException) as error:
            raise PictureRefused("webmail.picture-unreachable") from error
        finally:
            self._turns.release()

    def _fetch(self, address: str, end: float) -> Picture:
        for _ in range(_MAX_REDIRECTS + 1):
            answer = self._request(parse_target(address), end)
            if isinstance(answer, Picture):
                return answer
            address = urljoin(address, answer)
        raise PictureRefused("webmail.picture-redirected-too-often")

    def _request(self, target: Target, end: float) -> Picture | str:
        """The picture, or the Location of a redirect."""
        with self._connector.connected(target, end) as sock:
            # over TLS too: a port of its own would be said in Host
            connection = http.client.HTTPConnection(target.host, PORTS["http"])
            connection.sock = sock  # http.client lets go of it once an answer has no stated end: ours stays
            connection.request("GET", target.path, headers=_HEADERS)
            with connection.getresponse() as answer:
                if answer.status in _REDIRECTS:
                    return answer.headers.get("Location", "")
                if answer.status != http.HTTPStatus.OK:
                    raise PictureRefused("webmail.picture-unreachable")
                return self._read(sock, answer, end)

    def _read(self, sock: socket.socket, answer: http.client.HTTPResponse, end: float) -> Picture:
        content = bytearray()
        while chunk := answer.read1(_CHUNK):
            content += chunk
            if len(content) > self._limits.largest:
                raise PictureRefused("webmail.picture-too-heavy")
            left = seconds_left(end)
            if sock.fileno() >= 0:
                sock.settimeout(left)
        seconds_left(end)  # cut by then, it is not whole
        kind = picture_kind(bytes(content[:64]))
        if not kind:
            raise PictureRefused("webmail.picture-is-none")
        return Picture(bytes(content), kind)
