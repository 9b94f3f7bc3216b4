"""Messages that were delivered without a virus check: examined where they are, marked or quarantined.

The text of a message goes from Dovecot to the virus check; whoever asks hears of a virus's name alone.
"""

import re
from collections.abc import Callable, Sequence
from typing import BinaryIO

from vaguemestre.engines.dovecot.copies.quarantined import FIELDS
from vaguemestre.engines.dovecot.copies.removed_copies import RemovedCopies, uid_set
from vaguemestre.engines.dovecot.doveadm_server import DoveadmServer
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.post.mailstore.values import EXAMINED, QUARANTINE

type Scan = Callable[[BinaryIO], str]  # name of a virus, or empty; raises EngineDown

_NOT_OF_A_NAME = re.compile(r"[^\w.-]+", re.ASCII)


def away(_content: BinaryIO) -> str:
    """In place of a virus check where there is none."""
    raise EngineDown("no virus check")


class UnexaminedCopies:
    """Methods take a mailbox whose name was checked. They raise EngineDown, EngineRefused."""

    def __init__(self, doveadm: DoveadmServer, copies: RemovedCopies, scan: Scan) -> None:
        self._doveadm, self._copies, self._scan = doveadm, copies, scan

    def examine(self, mailbox: str, words: str) -> list[list[str]]:
        """Examine the copies sought (`sought_words`) that bear no keyword yet, and give it to the clean ones.

        Of each other: folder, UID, GUID, Unix time, verdict, Message-ID, envelope sender, author, subject.
        """
        infected = []
        for folder, uid, _, flags in self._copies.find(mailbox, words):
            if EXAMINED in flags.split():
                continue
            for place in self._copies.places(mailbox, folder, [uid]):
                if virus := self._virus_in(mailbox, *place, "uid", uid):
                    infected.append([folder, *self._described(mailbox, virus, *place, "uid", uid)])
                else:
                    self._doveadm.cells(mailbox, "flags add", EXAMINED, *place, "uid", uid)
        return infected

    def quarantine(self, mailbox: str, folder: str, *uids: str) -> None:
        """Move these messages of a folder to the quarantine."""
        for place in self._copies.places(mailbox, folder, uids):
            self._doveadm.cells(mailbox, "move", QUARANTINE, *place, "uid", uid_set(uids))

    def _virus_in(self, mailbox: str, *query: str) -> str:
        with self._doveadm.content(mailbox, *query) as content:
            return self._scan(content)

    def _described(self, mailbox: str, virus: str, *query: str) -> Sequence[str]:
        (row,) = self._doveadm.fetched(mailbox, FIELDS, *query)
        uid, guid, saved, _, *rest = row
        return [uid, guid, saved, f"virus {_NOT_OF_A_NAME.sub('-', virus)[:80]}", *rest]
