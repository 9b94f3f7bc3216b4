"""`sso.registry.ports` PostForm, PostDocument, Call: notifications to an application, with a short timeout.

Addresses come from the registry, where administrators wrote them: the machine itself is allowed, redirects
are not followed. An application that does not answer is skipped for a while, so that others' notices do not
wait for it.
"""

import http.client
import ssl
import time
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from vaguemestre.engines.remote.registered_addresses import connected_to
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused

_TIMEOUT_SECONDS = 3.0  # in all
_SKIPPED_SECONDS = 30.0
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Notices:
    def __init__(self) -> None:
        self._tls = ssl.create_default_context()
        self._silent_until: dict[str, float] = {}

    def __call__(self, address: str, fields: Mapping[str, str]) -> None:
        self._notify("POST", address, urlencode(fields).encode(), _FORM)

    def document(self, address: str, content: bytes, kind: str, action: str) -> None:
        """Implements `PostDocument`."""
        self._notify("POST", address, content, {"Content-Type": kind, "SOAPAction": f'"{action}"'})

    def call(self, address: str) -> None:
        """Implements `Call`."""
        self._notify("GET", address, None, {})

    def _notify(self, method: str, address: str, body: bytes | None, headers: Mapping[str, str]) -> None:
        place = urlsplit(address).netloc
        if time.monotonic() < self._silent_until.get(place, 0.0):
            raise EngineDown(f"{place} ne répondait pas à l’instant")
        try:
            status = self._send(method, address, body, {**headers, "User-Agent": "Vaguemestre"})
        except (OSError, http.client.HTTPException) as error:
            self._silent_until[place] = time.monotonic() + _SKIPPED_SECONDS
            raise EngineDown(f"{place}: {error}") from error
        if status >= http.HTTPStatus.INTERNAL_SERVER_ERROR:
            raise EngineDown(f"{place} répond {status}")
        if status >= http.HTTPStatus.BAD_REQUEST:
            raise EngineRefused(f"{place} répond {status}")

    def _send(self, method: str, address: str, body: bytes | None, headers: Mapping[str, str]) -> int:
        parts = urlsplit(address)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        with connected_to(parts, _TIMEOUT_SECONDS, self._tls) as connection:
            connection.request(method, path, body=body, headers=dict(headers))
            with connection.getresponse() as answer:
                return answer.status
