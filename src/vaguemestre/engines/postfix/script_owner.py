"""Whose script sends: the name Dovecot gives itself at the door of Sieve, back to its mailbox."""

import hashlib
import threading
from collections.abc import Callable, Collection

_DIGITS = 40  # of the SHA-256 in hexadecimal: what dovecot.conf keeps, since a label has 63 signs at most


class ScriptOwners:
    """Mailbox by HELO name. `mailboxes` lists them all; asked again when a name is not known yet."""

    def __init__(self, mailboxes: Callable[[], Collection[str]]) -> None:
        self._mailboxes = mailboxes
        self._known: dict[str, str] = {}
        self._lock = threading.Lock()

    def __call__(self, helo: str) -> str:
        """ "" when no mailbox has that name. Raises EngineDown."""
        label = helo.partition(".")[0]
        with self._lock:
            if label not in self._known:
                self._known = {label_of(mailbox): mailbox for mailbox in self._mailboxes()}
            return self._known.get(label, "")


def label_of(mailbox: str) -> str:
    """The first label of the name Dovecot gives itself when it sends for that mailbox."""
    return hashlib.sha256(mailbox.encode()).hexdigest()[:_DIGITS]
