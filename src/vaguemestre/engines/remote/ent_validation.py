"""`rosters.ports.AskEnt`: ticket validation by the ENT's CAS server, at the address of the configuration.

Redirects are not followed, nothing is cached, a long answer is cut.
"""

import http.client
import ssl
from urllib.parse import urlsplit

from vaguemestre.engines.remote.registered_addresses import connected_to
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused

_TIMEOUT_SECONDS = 5.0  # in all
_MAX_BYTES = 65_536


class EntValidation:
    def __init__(self) -> None:
        self._tls = ssl.create_default_context()

    def __call__(self, address: str) -> bytes:
        parts = urlsplit(address)
        try:
            with connected_to(parts, _TIMEOUT_SECONDS, self._tls) as connection:
                connection.request(
                    "GET", f"{parts.path}?{parts.query}", headers={"User-Agent": "Vaguemestre"}
                )
                with connection.getresponse() as answer:
                    status, content = answer.status, answer.read(_MAX_BYTES)
        except (OSError, http.client.HTTPException) as error:
            raise EngineDown(f"ENT : {type(error).__name__}") from error
        if status >= http.HTTPStatus.INTERNAL_SERVER_ERROR:
            raise EngineDown(f"l’ENT répond {status}")
        if status != http.HTTPStatus.OK:
            raise EngineRefused(f"l’ENT répond {status}")
        return content
