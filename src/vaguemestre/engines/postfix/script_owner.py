"""The mailbox whose Sieve script sends a message, from the HELO name Dovecot gives on its behalf."""

import hashlib
import threading
from collections.abc import Callable, Collection

_DIGITS = 40  # of the SHA-256 in hexadecimal, as in dovecot.conf: a label has 63 characters at most


class ScriptOwners:
    """Mailboxes by HELO name. `mailboxes` lists them all; called again when a name is unknown."""

    def __init__(self, mailboxes: Callable[[], Collection[str]]) -> None:
        self._mailboxes = mailboxes
        self._by_label: dict[str, str] = {}
        self._lock = threading.Lock()

    def __call__(self, helo: str) -> str:
        """The mailbox; empty when none has that name. Raises EngineDown."""
        label = helo.partition(".")[0]
        with self._lock:
            if label not in self._by_label:
                self._by_label = {label_of(mailbox): mailbox for mailbox in self._mailboxes()}
            return self._by_label.get(label, "")


def label_of(mailbox: str) -> str:
    """The first label of the HELO name Dovecot uses when it sends for that mailbox."""
    return hashlib.sha256(mailbox.encode()).hexdigest()[:_DIGITS]
