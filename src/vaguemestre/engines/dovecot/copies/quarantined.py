"""Quarantined messages of a mailbox: told, handed to its owner, or deleted.

They stay in a namespace that deliveries and doveadm alone reach (dovecot.conf.j2), which no client can name.
Of a message, its sender, subject, Message-ID and the filter's verdict are read, never its text.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from vaguemestre.engines.dovecot.doveadm_server import DoveadmServer
from vaguemestre.post.mailstore.values import QUARANTINE
from vaguemestre.post.quarantine.values import FoundMail

FIELDS = (
    "uid", "guid", "date.saved.unixtime", "hdr.vaguemestre-quarantine", "hdr.message-id", "hdr.return-path",
    "hdr.from.utf8", "hdr.subject.utf8",
)  # fmt: skip


def found_mail(
    _uid: str, guid: str, saved: str, verdict: str, message_id: str, envelope: str, author: str, subject: str
) -> FoundMail:
    """A row of `QuarantinedMail.find`."""
    at = datetime.fromtimestamp(int(saved), UTC)
    words = (
        " ".join(field.split())
        for field in (verdict, message_id, envelope.strip().strip("<>"), author, subject)
    )
    return FoundMail(guid, at, *words)


class QuarantinedMail:
    """Methods take a mailbox whose name was checked. They raise EngineDown, EngineRefused."""

    def __init__(self, doveadm: DoveadmServer) -> None:
        self._doveadm = doveadm

    def find(self, mailbox: str) -> list[list[str]]:
        """Messages there: UID, GUID, Unix time, verdict, Message-ID, envelope sender, author, subject."""
        return [list(row) for row in self._doveadm.fetched(mailbox, FIELDS, "mailbox", QUARANTINE, "all")]

    def release(self, mailbox: str, *guids: str) -> int:
        """Move these to the inbox. Returns how many were there."""
        return self._each(mailbox, guids, "move", "INBOX")

    def discard(self, mailbox: str, *guids: str) -> int:
        """Delete these for good. Returns how many were there."""
        return self._each(mailbox, guids, "expunge")

    def _each(self, mailbox: str, guids: Sequence[str], *command: str) -> int:
        uids = [uid for uid, guid, *_ in self.find(mailbox) if guid in guids]
        if uids:
            self._doveadm.cells(mailbox, *command, "mailbox", QUARANTINE, "uid", ",".join(uids))
        return len(uids)
