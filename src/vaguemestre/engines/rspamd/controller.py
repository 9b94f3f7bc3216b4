"""rspamd's controller: whether it answers, and messages that readers call junk or not."""

import http.client
from collections.abc import Mapping
from pathlib import Path

from vaguemestre.foundation.kernel.errors import EngineDown

_TIMEOUT_SECONDS = 10.0  # longer than the filter gives itself for a message
_PING_SECONDS = 5.0
_JUNK, _WANTED = "1", "2"  # flags of rspamd.conf.j2
_WEIGHT = "1"


class FilterPing:
    """`quarantine.ports.ContentCheck`. `port`: of the controller, on the loopback."""

    def __init__(self, port: int, *, is_wanted: bool) -> None:
        self._port, self._is_wanted = port, is_wanted

    @property
    def is_wanted(self) -> bool:
        return self._is_wanted

    def ping(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_PING_SECONDS)
        try:
            connection.request("GET", "/ping")
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            raise EngineDown(f"rspamd: {type(error).__name__}") from error
        finally:
            connection.close()
        if status != http.client.OK:
            raise EngineDown(f"rspamd répond {status}")


class JunkTraining:
    """`reports.ports.TeachFilter`. `port`: of the controller, here. Raises EngineDown without a filter."""

    def __init__(self, port: int, key_file: Path) -> None:
        self._port, self._key_file = port, key_file

    def __call__(self, content: bytes, *, is_junk: bool) -> None:
        """Teach its words, the rules it breaks, and what is nearly the same (undoing an opposite vote)."""
        status = self._post("/learnspam" if is_junk else "/learnham", content, {})
        # 208, or 404 with its file backend: learned before; 204: too short to learn from
        if status not in {200, 204, 208, 404}:
            raise EngineDown(f"rspamd répond {status}")
        self._post("/checkv2", content, {"Vaguemestre-Vote": "junk" if is_junk else "wanted"})
        new, old = (_JUNK, _WANTED) if is_junk else (_WANTED, _JUNK)
        for path, flag in (("/fuzzydel", old), ("/fuzzyadd", new)):
            self._post(
                path, content, {"Flag": flag, "Weight": _WEIGHT}
            )  # refused when it is too short to compare

    def _post(self, path: str, content: bytes, headers: Mapping[str, str]) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_TIMEOUT_SECONDS)
        try:
            key = self._key_file.read_text(encoding="utf-8").strip()
            connection.request("POST", path, body=content, headers={"Password": key, **headers})
            return connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            raise EngineDown(f"rspamd: {error}") from error
        finally:
            connection.close()
