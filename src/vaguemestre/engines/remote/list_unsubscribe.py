"""`webmail.ports.LeaveList`: one POST to a mailing list's server, by an address we checked (RFC 8058 §3.2).

No cookie, no referrer, nothing of the reader but what the list itself wrote in its address. No redirect is
followed: the RFC forbids them to matter.
"""

import http.client
import ssl
import time
from collections.abc import Callable, Mapping
from concurrent.futures import TimeoutError as TooLate

from vaguemestre.engines.remote.addresses import is_public
from vaguemestre.engines.remote.roads import PORTS, Road, RoadClosed, target_of
from vaguemestre.mailbox.webmail.ports import UnsubscribeRefused

_PATIENCE = 6.0
_BODY = "List-Unsubscribe=One-Click"
_HEADERS = {
    "User-Agent": "Mozilla/5.0 (compatible; Vaguemestre)",
    "Content-Type": "application/x-www-form-urlencoded",
}


class ListLeaving:
    def __init__(
        self,
        *,
        resolve: Callable[[str, int], list[str]] | None = None,
        is_allowed: Callable[[str], bool] = is_public,
        ports: Mapping[str, int] = PORTS,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._road = Road(resolve=resolve, is_allowed=is_allowed, ports=ports, tls=tls)

    def __call__(self, address: str) -> None:
        try:
            status = self._post(address, time.monotonic() + _PATIENCE)
        except (OSError, http.client.HTTPException, TooLate, RoadClosed) as error:
            raise UnsubscribeRefused("webmail.leaving-refused") from error
        if not 200 <= status < 300:
            raise UnsubscribeRefused("webmail.leaving-refused")

    def _post(self, address: str, end: float) -> int:
        target = target_of(address)
        if target.scheme != "https":
            raise RoadClosed("address-malformed")
        with self._road.connected(target, end) as sock:
            connection = http.client.HTTPConnection(target.host, self._road.port(target))
            connection.sock = sock
            connection.request("POST", target.path, body=_BODY, headers=_HEADERS)
            with connection.getresponse() as answer:
                return answer.status
