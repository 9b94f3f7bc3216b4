"""`reports.ports.TeachFilter`: messages that readers call junk or not, sent to rspamd's controller."""

import http.client
from pathlib import Path

from vaguemestre.foundation.kernel.errors import EngineDown

_TIMEOUT_SECONDS = 3.0


class JunkTraining:
    """`port`: of the controller, on the loopback. Raises EngineDown without a filter."""

    def __init__(self, port: int, key_file: Path) -> None:
        self._port, self._key_file = port, key_file

    def __call__(self, content: bytes, *, is_junk: bool) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_TIMEOUT_SECONDS)
        try:
            key = self._key_file.read_text(encoding="utf-8").strip()
            path = "/learnspam" if is_junk else "/learnham"
            connection.request("POST", path, body=content, headers={"Password": key})
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            raise EngineDown(f"rspamd: {error}") from error
        finally:
            connection.close()
        # 208, or 404 with its file backend: learned before; 204: too short to learn from
        if status not in {200, 204, 208, 404}:
            raise EngineDown(f"rspamd answered {status}")
