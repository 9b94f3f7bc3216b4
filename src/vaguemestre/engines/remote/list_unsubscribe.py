"""`webmail.ports.LeaveList`: one-click unsubscription, a POST to a checked address (RFC 8058 §3.2).

No cookie, no referrer, nothing about the reader but what the list itself put into its URL. Redirects are not
followed, as the RFC demands.
"""

import http.client
import ssl
import time
from collections.abc import Callable, Mapping
from threading import BoundedSemaphore

from vaguemestre.engines.remote.checked_connection import (
    PORTS,
    CheckedConnector,
    ConnectionForbidden,
    parse_target,
)
from vaguemestre.engines.remote.public_addresses import is_public
from vaguemestre.mailbox.webmail.ports import UnsubscribeRefused

_TIMEOUT_SECONDS = 6.0  # in all
_WAIT_SECONDS = 0.5  # for one's turn
_BODY = "List-Unsubscribe=One-Click"
_HEADERS = {
    "User-Agent": "Mozilla/5.0 (compatible; Vaguemestre)",
    "Content-Type": "application/x-www-form-urlencoded",
}


class ListUnsubscribe:
    def __init__(
        self,
        *,
        resolve: Callable[[str, float], list[str]] | None = None,
        is_allowed: Callable[[str], bool] = is_public,
        ports: Mapping[str, int] = PORTS,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._connector = CheckedConnector(resolve=resolve, is_allowed=is_allowed, ports=ports, tls=tls)
        self._turn = BoundedSemaphore()  # the site of a list keeps one thread of a process at most

    def __call__(self, address: str) -> None:
        if not self._turn.acquire(timeout=_WAIT_SECONDS):
            raise UnsubscribeRefused("webmail.leaving-refused")
        try:
            status = self._post(address, time.monotonic() + _TIMEOUT_SECONDS)
        except (OSError, http.client.HTTPException, ConnectionForbidden) as error:
            raise UnsubscribeRefused("webmail.leaving-refused") from error
        finally:
            self._turn.release()
        if not 200 <= status < 300:
            raise UnsubscribeRefused("webmail.leaving-refused")

    def _post(self, address: str, end: float) -> int:
        target = parse_target(address)
        if target.scheme != "https":
            raise ConnectionForbidden("address-malformed")
        with self._connector.connected(target, end) as sock:
            # over TLS too: a port of its own would be said in Host
            connection = http.client.HTTPConnection(target.host, PORTS["http"])
            connection.sock = sock
            connection.request("POST", target.path, body=_BODY, headers=_HEADERS)
            with connection.getresponse() as answer:
                return answer.status
