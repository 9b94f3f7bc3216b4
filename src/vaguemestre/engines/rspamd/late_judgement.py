"""What the filter would have put in quarantine, asked of a message that arrived while it was away."""

import http.client
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from vaguemestre.foundation.kernel.errors import EngineDown

_TIMEOUT_SECONDS = 20.0  # longer than the filter gives itself for a message
_GROUNDS = {"LINK_LISTED": "fraud", "MACRO_ATTACHED": "macro"}  # of quarantine.lua; viruses are clamd's
_NOT_OF_A_NAME = re.compile(r"[^\w.-]+", re.ASCII)
_MAX_DETAIL_CHARACTERS = 80


class LateJudgement:
    """`port`: of the controller, on the loopback. It is not told who wrote to whom: contents are judged."""

    def __init__(self, port: int, key_file: Path) -> None:
        self._port, self._key_file = port, key_file

    def __call__(self, content: BinaryIO) -> str:
        """Ground and detail, as the filter writes them in a message; empty for none. Raises EngineDown."""
        symbols = self._symbols(content)
        for symbol, ground in _GROUNDS.items():
            if symbol in symbols:
                options = symbols[symbol].get("options") or [""]
                detail = _NOT_OF_A_NAME.sub("-", str(options[0]))[:_MAX_DETAIL_CHARACTERS]
                return f"{ground} {detail}".strip()
        return ""

    def _symbols(self, content: BinaryIO) -> Mapping[str, Mapping[str, list[str]]]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_TIMEOUT_SECONDS)
        try:
            key = self._key_file.read_text(encoding="utf-8").strip()
            connection.request("POST", "/checkv2", body=content.read(), headers={"Password": key})
            answer = connection.getresponse()
            reply = json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise EngineDown(f"rspamd: {type(error).__name__}") from error
        finally:
            connection.close()
        if answer.status != http.client.OK or not isinstance(reply.get("symbols"), dict):
            raise EngineDown(f"rspamd répond {answer.status}")
        symbols: Mapping[str, Mapping[str, list[str]]] = reply["symbols"]
        return symbols
