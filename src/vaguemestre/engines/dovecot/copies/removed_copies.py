"""Copies of a message found in a mailbox, moved out of its owner's sight, and moved back.

They stay in a namespace of doveadm's own (dovecot.conf.j2), which no client of the mailbox can name. A move
keeps flags, dates and GUID. Of a message, flags, Message-ID and subject are read, never its text.
"""

from collections.abc import Iterator, Sequence

from vaguemestre.desks.removals.rules.subjects import comparable_subject
from vaguemestre.desks.removals.values import REMOVED_COPIES
from vaguemestre.engines.dovecot.doveadm_server import DoveadmServer
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused
from vaguemestre.post.mailstore.values import DELETED_MESSAGES

_DELETED = DELETED_MESSAGES.partition("/")[0]
_PLACES = ("*", f"{_DELETED}/*")  # the second is unlisted: `*` does not match it, nor does an OR of both
_FIELDS = ("mailbox", "uid", "guid", "flags", "hdr.message-id", "hdr.subject.utf8")
_TEMPORARY = frozenset(("-TEMPFAIL", "-75"))
_RECENT = "\\Recent"  # a flag of a session, not of the message


class RemovedCopies:
    """Methods take a mailbox whose name was checked. They raise EngineDown, EngineRefused."""

    def __init__(self, doveadm: DoveadmServer) -> None:
        self._doveadm = doveadm

    def find(self, mailbox: str, subject: str, *message_ids: str) -> list[list[str]]:
        """Copies with one of these Message-IDs, and that subject unless empty: folder, UID, GUID, flags."""
        if not message_ids:
            return []
        words = [word for message_id in message_ids for word in ("OR", "HEADER", "Message-ID", message_id)][
            1:
        ]
        return [
            [folder, uid, guid, " ".join(flag for flag in flags.split() if flag != _RECENT)]
            for place in _PLACES
            for folder, uid, guid, flags, message_id, title in self._rows(
                mailbox, _FIELDS, "mailbox", place, "(", *words, ")"
            )
            if message_id.strip() in message_ids and subject in ("", comparable_subject(title))
        ]

    def remove(self, mailbox: str, folder: str, *uids: str) -> None:
        """Move these messages of a folder out of sight."""
        for place in self._places(mailbox, folder, uids):
            self._run(mailbox, "move", REMOVED_COPIES, *place, "uid", _uid_set(uids))

    def _places(self, mailbox: str, folder: str, uids: Sequence[str]) -> Iterator[tuple[str, str]]:
        """That folder alone: doveadm takes a name with `*` or `%` for a mask, and has no way to quote it."""
        if not any(mask in folder for mask in "*%"):
            yield "mailbox", folder
            return
        rows = self._rows(mailbox, ("mailbox", "mailbox-guid"), "mailbox", folder, "uid", _uid_set(uids))
        for guid in {guid for name, guid in rows if name == folder}:
            yield "mailbox-guid", guid

    def list_removed(self, mailbox: str) -> list[list[str]]:
        """UID and GUID of every copy that is out of sight, oldest first."""
        rows = self._rows(mailbox, ("uid", "guid"), "mailbox", REMOVED_COPIES, "all")
        return [list(row) for row in rows]

    def restore(self, mailbox: str, folder: str, *uids: str) -> None:
        """Move removed copies back to a folder, made again if it is gone."""
        words = ("--", folder, "mailbox", REMOVED_COPIES, "uid", _uid_set(uids))
        if self._doveadm.run(mailbox, "move", *words).status != "+":
            self._doveadm.run(mailbox, "mailbox create", "--", folder)
            self._run(mailbox, "move", *words[1:])

    def discard(self, mailbox: str, *uids: str) -> None:
        """Delete removed copies for good."""
        self._run(mailbox, "expunge", "mailbox", REMOVED_COPIES, "uid", _uid_set(uids))

    def _rows(self, mailbox: str, fields: Sequence[str], *query: str) -> Iterator[Sequence[str]]:
        cells = self._run(mailbox, "fetch", " ".join(fields), *query)
        width = len(fields)
        yield from (cells[start : start + width] for start in range(0, len(cells) - width + 1, width))

    def _run(self, mailbox: str, command: str, *words: str) -> Sequence[str]:
        """`--`: a Message-ID or a folder that begins with a hyphen is no option."""
        status, cells = self._doveadm.run(mailbox, command, "--", *words)
        if status in _TEMPORARY:
            raise EngineDown(f"doveadm {command} {status}")
        if status != "+":
            raise EngineRefused(f"doveadm {command} {status}")
        return cells


def _uid_set(uids: Sequence[str]) -> str:
    if not uids or not all(uid.isascii() and uid.isdigit() for uid in uids):
        raise EngineRefused("doveadm: not UIDs")
    return ",".join(uids)
