"""Copies of a message found in a mailbox, moved out of its owner's sight, and moved back.

They stay in a namespace of doveadm's own (dovecot.conf.j2), which no client of the mailbox can name. A move
keeps flags, dates and GUID. Of a message, flags, date, Message-ID, Received and subject are read, never its
text.

A copy is known by what Postfix wrote when it took the message, its queue identifier: whoever wrote the
message chose its Message-ID, none, or somebody else's. A forged identifier only has its own message taken.
"""

import json
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict

from vaguemestre.desks.removals.values import REMOVED_COPIES, SoughtMail
from vaguemestre.engines.dovecot.copies.mailbox_state import MESSAGE_FILE, has_arrivals, mailbox_state
from vaguemestre.engines.dovecot.doveadm_server import DoveadmServer
from vaguemestre.engines.dovecot.homes import deleted_files, removed_files
from vaguemestre.engines.instance import Place
from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.post.mailstore.values import DELETED_MESSAGES
from vaguemestre.post.trace.rules.queue_ids import taken_at
from vaguemestre.post.trace.rules.subjects import comparable_subject

_DELETED = DELETED_MESSAGES.partition("/")[0]
_PLACES = ("*", f"{_DELETED}/*")  # the second is unlisted: `*` does not match it, nor does an OR of both
_FIELDS = ("mailbox", "uid", "guid", "flags", "hdr.message-id", "hdr.received", "hdr.subject.utf8")
# the queue identifier in a Received field of Postfix (RFC 5321 §4.4)
_QUEUED = re.compile(r"\(Postfix\)\s+with\s+\w+\s+id\s+(\w+)", re.ASCII)
_AROUND_SECONDS = 3600  # of a delivery, what its folder may have as its date
_CLOCK_TICK_NS = 20_000_000  # dates of files are that late at most
_RECENT = "\\Recent"  # a flag of a session, not of the message


class RemovedCopies:
    """Methods take a mailbox whose name was checked. They raise EngineDown, EngineRefused.

    `instance`: where its mailboxes are on this machine's disk, which tells what need not be asked.
    """

    def __init__(self, doveadm: DoveadmServer, instance: Place | None = None) -> None:
        self._doveadm, self._instance = doveadm, instance

    def find(self, mailbox: str, words: str) -> list[list[str]]:
        """The copies sought (`sought_words`): folder, UID, GUID, flags of each."""
        sought = _sought(words)
        query = [*_filed_around(sought.arrivals), *_with_message_ids(sought.message_ids)]
        if not query:
            return []
        return [
            [folder, uid, guid, " ".join(flag for flag in flags.split() if flag != _RECENT)]
            for place in self._places_of(mailbox, sought)
            for folder, uid, guid, flags, message_id, received, title in self._doveadm.fetched(
                mailbox, _FIELDS, "mailbox", place, "(", *query[1:], ")"
            )
            if _is_copy(sought, message_id, received) and sought.subject in ("", comparable_subject(title))
        ]

    def look(self, mailbox: str, words: str) -> tuple[str, list[list[str]]]:
        """`state` after the look, which may write in an index itself, and what `find` gives.

        The state is empty if a message came meanwhile: the look may have missed it.
        """
        began = time.time_ns() - _CLOCK_TICK_NS
        rows = self.find(mailbox, words)
        state = self.state(mailbox)
        if state and self._instance and has_arrivals(self._instance, mailbox, began):
            return "", rows
        return state, rows

    def state(self, mailbox: str) -> str:
        """The same as long as no message came, went or was marked. Empty: this machine cannot tell."""
        return mailbox_state(self._instance, mailbox) if self._instance else ""

    def _places_of(self, mailbox: str, sought: SoughtMail) -> tuple[str, ...]:
        """Each place is a command of its own, most of which is opening the mailbox.

        Deleted messages are left out if none was put there since Postfix took the first message sought: their
        folder on the disk has not changed since.
        """
        taken = [taken_at(queue_id) for queue_id in sought.queue_ids]
        known = [at for at in taken if at is not None]
        if self._instance is None or sought.written_here or not known or len(known) < len(taken):
            return _PLACES
        try:
            changed_at = deleted_files(self._instance, mailbox).stat().st_mtime
        except FileNotFoundError:  # nothing was ever deleted
            return _PLACES[:1]
        except OSError:
            return _PLACES
        return _PLACES[:1] if changed_at < min(known) - _AROUND_SECONDS else _PLACES

    def find_guids(self, mailbox: str, *guids: str) -> list[list[str]]:
        """The copies in sight with these GUIDs: folder, UID, GUID, flags of each."""
        query = _with_guids(guids)
        return [
            [folder, uid, guid, " ".join(flag for flag in flags.split() if flag != _RECENT)]
            for place in (_PLACES if guids else ())
            for folder, uid, guid, flags in self._doveadm.fetched(
                mailbox, _FIELDS[:4], "mailbox", place, "(", *query, ")"
            )
        ]

    def remove(self, mailbox: str, folder: str, *uids: str) -> int:
        """Move these messages of a folder out of sight. Returns how many files of copies are there since."""
        before = self._count_removed(mailbox)
        for place in self.places(mailbox, folder, uids):
            self._doveadm.cells(mailbox, "move", REMOVED_COPIES, *place, "uid", uid_set(uids))
        return self._count_removed(mailbox) - before

    def _count_removed(self, mailbox: str) -> int:
        """0 if this machine cannot tell, or before the first."""
        if self._instance is None:
            return 0
        try:
            files = removed_files(self._instance, mailbox).iterdir()
            return sum(file.name.startswith(MESSAGE_FILE) for file in files)
        except OSError:
            return 0

    def places(self, mailbox: str, folder: str, uids: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Words of a search for that folder alone.

        doveadm takes a name with `*` or `%` for a mask, and has no way to quote it.
        """
        if not any(mask in folder for mask in "*%"):
            yield "mailbox", folder
            return
        rows = self._doveadm.fetched(
            mailbox, ("mailbox", "mailbox-guid"), "mailbox", folder, "uid", uid_set(uids)
        )
        for guid in {guid for name, guid in rows if name == folder}:
            yield "mailbox-guid", guid

    def list_removed(self, mailbox: str) -> list[list[str]]:
        """UID and GUID of every copy that is out of sight, oldest first."""
        rows = self._doveadm.fetched(mailbox, ("uid", "guid"), "mailbox", REMOVED_COPIES, "all")
        return [list(row) for row in rows]

    def restore(self, mailbox: str, folder: str, *uids: str) -> None:
        """Move removed copies back to a folder, made again if it is gone."""
        self._move_back(mailbox, folder, "uid", uid_set(uids))

    def restore_guids(self, mailbox: str, folder: str, *guids: str) -> None:
        """The same, for those of these GUIDs that are out of sight: nothing is listed first."""
        self._move_back(mailbox, folder, "(", *_with_guids(guids), ")")

    def _move_back(self, mailbox: str, folder: str, *query: str) -> None:
        words = ("--", folder, "mailbox", REMOVED_COPIES, *query)
        if self._doveadm.run(mailbox, "move", *words).status != "+":
            self._doveadm.run(mailbox, "mailbox create", "--", folder)
            self._doveadm.cells(mailbox, "move", *words[1:])

    def discard(self, mailbox: str, *uids: str) -> None:
        """Delete removed copies for good."""
        self._doveadm.cells(mailbox, "expunge", "mailbox", REMOVED_COPIES, "uid", uid_set(uids))


def uid_set(uids: Sequence[str]) -> str:
    """As a word of a search. Raises EngineRefused."""
    if not uids or not all(uid.isascii() and uid.isdigit() for uid in uids):
        raise EngineRefused("doveadm: ce ne sont pas des UID")
    return ",".join(uids)


def _with_guids(guids: Sequence[str]) -> list[str]:
    """Words of a search for these. Raises EngineRefused."""
    if not all(guid.isascii() and guid.isalnum() for guid in guids):
        raise EngineRefused("doveadm: ce ne sont pas des GUID")
    return [word for guid in guids for word in ("OR", "guid", guid)][1:]


def sought_words(sought: SoughtMail) -> str:
    """As one word for the agent: JSON."""
    return json.dumps(asdict(sought), default=sorted)


def _sought(words: str) -> SoughtMail:
    fields = json.loads(words)
    return SoughtMail(
        queue_ids=frozenset(fields["queue_ids"]),
        arrivals=tuple((str(queue_id), int(moment)) for queue_id, moment in fields["arrivals"]),
        message_ids=tuple(map(str, fields["message_ids"])),
        written_here=frozenset(fields["written_here"]),
        subject=str(fields["subject"]),
    )


def _filed_around(arrivals: Iterable[tuple[str, int]]) -> Iterator[str]:
    """Words of a search by date of arrival, which a copy made in another folder keeps.

    Dovecot reads the headers of that time: the answer holds the copies alone.
    """
    for queue_id, moment in arrivals:
        since, before = str(moment - _AROUND_SECONDS), str(moment + _AROUND_SECONDS)
        yield from ("OR", "(", "SINCE", since, "BEFORE", before, "HEADER", "Received", queue_id, ")")


def _with_message_ids(message_ids: Iterable[str]) -> Iterator[str]:
    for message_id in message_ids:
        yield from ("OR", "HEADER", "Message-ID", message_id)


def _is_copy(sought: SoughtMail, message_id: str, received: str) -> bool:
    """Whether Postfix took that message under one of the queue identifiers, or its author filed it."""
    if not received.strip():
        return message_id.strip() in sought.written_here
    return not sought.queue_ids.isdisjoint(_QUEUED.findall(received))
