"""`webmail.ports.Teach`: what a reader calls junk, or not, told to the filter's controller."""

import http.client
from pathlib import Path

from vaguemestre.foundation.kernel.errors import EngineDown

_PATIENCE = 3.0


class Learning:
    """`port`: of the controller, on the loopback. Without a filter nobody answers there."""

    def __init__(self, port: int, key_file: Path) -> None:
        self._port, self._key_file = port, key_file

    def __call__(self, content: bytes, *, is_junk: bool) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_PATIENCE)
        try:
            key = self._key_file.read_text(encoding="utf-8").strip()
            path = "/learnspam" if is_junk else "/learnham"
            connection.request("POST", path, body=content, headers={"Password": key})
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            raise EngineDown(f"rspamd: {error}") from error
        finally:
            connection.close()
        # 208, or 404 with files of its own: learned before; 204: too short to teach anything
        if status not in {200, 204, 208, 404}:
            raise EngineDown(f"rspamd answered {status}")
