"""`webmail.ports.FetchPicture`: one HTTP request, by an address we chose and checked, within limits (rule J).

No cookie, no referrer, nothing of the reader. Redirects are followed three times, each checked anew.
"""

import http.client
import socket
import time
from collections.abc import Callable, Mapping
from concurrent.futures import TimeoutError as TooLate
from dataclasses import dataclass
from threading import BoundedSemaphore
from urllib.parse import urljoin

from vaguemestre.engines.remote.addresses import is_public
from vaguemestre.engines.remote.roads import PORTS, Road, RoadClosed, Target, left_before, target_of
from vaguemestre.mailbox.webmail.ports import PictureRefused
from vaguemestre.mailbox.webmail.rules.rendering.kinds import picture_kind
from vaguemestre.mailbox.webmail.values import Picture

_HEADERS = {
    "User-Agent": "Mozilla/5.0 (compatible; Vaguemestre)",
    "Accept": "image/avif,image/webp,image/png,image/jpeg,image/gif,image/*;q=0.5",
    "Accept-Encoding": "identity",
}
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_MOST_REDIRECTS = 3
_CHUNK = 65_536


@dataclass(frozen=True)
class Limits:
    seconds: float = 3.0
    largest: int = 5_000_000
    at_once: int = 3  # per process: the others wait their turn, then give up


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
        self._road = Road(
            resolve=resolve, is_allowed=is_allowed, ports=ports, resolvers=self._limits.at_once + 1
        )
        self._turns = BoundedSemaphore(self._limits.at_once)

    def __call__(self, address: str) -> Picture:
        end = time.monotonic() + self._limits.seconds
        if not self._turns.acquire(timeout=self._limits.seconds):
            raise PictureRefused("webmail.picture-too-slow")
        try:
            return self._fetch(address, end)
        except RoadClosed as closed:
            raise PictureRefused(f"webmail.picture-{closed}") from closed
        except (OSError, http.client.HTTPException, TooLate) as error:
            raise PictureRefused("webmail.picture-unreachable") from error
        finally:
            self._turns.release()

    def _fetch(self, address: str, end: float) -> Picture:
        for _ in range(_MOST_REDIRECTS + 1):
            found = self._once(target_of(address), end)
            if isinstance(found, Picture):
                return found
            address = urljoin(address, found)
        raise PictureRefused("webmail.picture-redirected-too-often")

    def _once(self, target: Target, end: float) -> Picture | str:
        """The picture, or where it is said to be."""
        with self._road.connected(target, end) as sock:
            connection = http.client.HTTPConnection(target.host, self._road.port(target))
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
            left = left_before(end)
            if sock.fileno() >= 0:
                sock.settimeout(left)
        kind = picture_kind(bytes(content[:64]))
        if not kind:
            raise PictureRefused("webmail.picture-is-none")
        return Picture(bytes(content), kind)
