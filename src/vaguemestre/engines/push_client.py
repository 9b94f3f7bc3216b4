"""`sharing.ports.TellPages`: notifies the push process, which notifies the pages open on a mailbox."""

import http.client
import json
import logging

_TIMEOUT_SECONDS = 1.0
_LOG = logging.getLogger(__name__)


class PushClient:
    def __init__(self, port: int, key: str) -> None:
        self._port, self._key = port, key

    def __call__(self, mailbox: str) -> None:
        body = json.dumps([{"user": mailbox, "folder": "", "event": "MembersAtWork"}])
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_TIMEOUT_SECONDS)
        try:
            connection.request("POST", "/dovecot", body, {"Authorization": f"Bearer {self._key}"})
            connection.getresponse().read()
        except (OSError, http.client.HTTPException) as error:
            _LOG.warning("open pages not notified: %s", type(error).__name__)
        finally:
            connection.close()
