"""`sorting.ports.Scripts` over ManageSieve."""

import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from vaguemestre.engines.sieve.client import ManageSieve
from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.mailbox.sorting.values import ScriptError, ScriptList


class ManageSieveScripts:
    """Implements `sorting.ports.Scripts`; one connection."""

    def __init__(self, client: ManageSieve) -> None:
        self._client = client

    def list_scripts(self) -> ScriptList:
        names: list[str] = []
        active = ""
        for words in self._client.command("LISTSCRIPTS"):
            names.append(words[0])
            if words[1:] and words[1].upper() == "ACTIVE":
                active = words[0]
        return ScriptList(tuple(names), active)

    def read(self, name: str) -> str:
        try:
            lines = self._client.command("GETSCRIPT", name)
        except EngineRefused as error:
            if "NONEXISTENT" in str(error):
                return ""
            raise
        return lines[0][0] if lines and lines[0] else ""

    def put(self, name: str, content: str) -> None:
        self._client.command("PUTSCRIPT", name, content)

    def check(self, content: str) -> tuple[ScriptError, ...]:
        try:
            self._client.command("CHECKSCRIPT", content)
        except EngineRefused as error:
            return errors_of(str(error))
        return ()

    def activate(self, name: str) -> None:
        self._client.command("SETACTIVE", name)

    def drop(self, name: str) -> None:
        self._client.command("DELETESCRIPT", name)


# : line 3: error: unknown command 'garder' (only reported once at first occurrence).
_ERROR = re.compile(r"line (\d+): (?:error|warning): (.*)")


def errors_of(text: str) -> tuple[ScriptError, ...]:
    """Pigeonhole's errors about a script, by line."""
    errors = [ScriptError(int(line), words.strip().rstrip(".")) for line, words in _ERROR.findall(text)]
    return tuple(errors) or (ScriptError(0, text[:300]),)


class OpenManageSieve:
    """Implements `sorting.ports.OpenScripts`. `token` mints a mail token for a mailbox."""

    def __init__(self, host: str, port: int, token: Callable[[str], str]) -> None:
        self._host = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104 (where Dovecot listens)
        self._port = port
        self._token = token

    @contextmanager
    def __call__(self, mailbox: str) -> Iterator[ManageSieveScripts]:
        with ManageSieve(self._host, self._port, mailbox, self._token(mailbox)) as client:
            yield ManageSieveScripts(client)


class OpenPodSieve:
    """The same where mailboxes live on several pods: `address_of` says where one lives now."""

    def __init__(
        self,
        address_of: Callable[[str], tuple[str, int]],
        token: Callable[[str], str],
        tls: ssl.SSLContext,
    ) -> None:
        self._address_of, self._token, self._tls = address_of, token, tls

    @contextmanager
    def __call__(self, mailbox: str) -> Iterator[ManageSieveScripts]:
        host, port = self._address_of(mailbox)
        with ManageSieve(host, port, mailbox, self._token(mailbox), self._tls) as client:
            yield ManageSieveScripts(client)
