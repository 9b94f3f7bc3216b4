"""Messages that were delivered without a virus check, or without the filter: examined where they are.

The text of a message goes from Dovecot to the virus check and to the filter; whoever asks hears of their
verdict alone. Where mailboxes live apart from the filter (pods), the agent beside the filter gives it the
text of what the filter has not seen, and of nothing else.
"""

import base64
import re
from collections.abc import Callable, Sequence
from typing import BinaryIO

from vaguemestre.engines.dovecot.copies.quarantined import FIELDS
from vaguemestre.engines.dovecot.copies.removed_copies import RemovedCopies, uid_set
from vaguemestre.engines.dovecot.doveadm_server import DoveadmServer
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused
from vaguemestre.post.mailstore.values import EXAMINED, QUARANTINE

type Scan = Callable[[BinaryIO], str]  # name of a virus, or empty; raises EngineDown
type Judge = Callable[[BinaryIO], str]  # ground and detail of a quarantine, or empty; raises EngineDown

LEAVE_UNJUDGED = "leave-unjudged"  # said by whoever has a filter, where the mailboxes have none
VERDICT = 4  # its place in a row of `examine`; empty: left to whoever asked
_HEADER_BYTES = 262_144
_UNJUDGED = re.compile(rb"^Vaguemestre-Unexamined: filter$", re.MULTILINE | re.IGNORECASE)
_NOT_OF_A_NAME = re.compile(r"[^\w.-]+", re.ASCII)


def nothing(_content: BinaryIO) -> str:
    """Stand-in for a content filter where there is none: no verdict."""
    return ""


class UnexaminedCopies:
    """Methods take a mailbox whose name was checked. They raise EngineDown, EngineRefused.

    `scan`: None where there is no virus check, which then finds nothing in what the filter did not see, and
    leaves what only it did not see. `judge`: asked of what arrived while the filter itself was away.
    """

    def __init__(
        self, doveadm: DoveadmServer, copies: RemovedCopies, scan: Scan | None, judge: Judge = nothing
    ) -> None:
        self._doveadm, self._copies, self._scan, self._judge = doveadm, copies, scan, judge

    def examine(self, mailbox: str, words: str, option: str = "") -> list[list[str]]:
        """Examine the copies sought (`sought_words`) that bear no keyword yet, and give it to the clean ones.

        Of each other: folder, UID, GUID, Unix time, verdict, Message-ID, envelope sender, author, subject.
        With `LEAVE_UNJUDGED`, also of those without a virus that no filter has seen, with an empty verdict.
        """
        left = []
        for folder, uid, _, flags in self._copies.find(mailbox, words):
            if EXAMINED in flags.split():
                continue
            for place in self._copies.places(mailbox, folder, [uid]):
                verdict = self._verdict_of(mailbox, option == LEAVE_UNJUDGED, *place, "uid", uid)
                if verdict == "":
                    self._doveadm.cells(mailbox, "flags add", EXAMINED, *place, "uid", uid)
                else:
                    described = self._described(mailbox, verdict or "", *place, "uid", uid)
                    left.append([folder, *described])
        return left

    def unjudged_text(self, mailbox: str, folder: str, uid: str) -> str:
        """The text of a message that no filter has seen, in base64. Raises EngineRefused for any other."""
        for place in self._copies.places(mailbox, folder, [uid]):
            query = (*place, "uid", uid_set([uid]))
            for (flags,) in self._doveadm.fetched(mailbox, ("flags",), *query):
                with self._doveadm.content(mailbox, *query) as content:
                    text = content.read()
                if EXAMINED not in flags.split() and _is_unjudged(text[:_HEADER_BYTES]):
                    return base64.b64encode(text).decode("ascii")
        raise EngineRefused("ce courriel n’attend pas le filtre")

    def mark_examined(self, mailbox: str, folder: str, uid: str) -> None:
        """Give a message the keyword of those that were examined."""
        for place in self._copies.places(mailbox, folder, [uid]):
            self._doveadm.cells(mailbox, "flags add", EXAMINED, *place, "uid", uid_set([uid]))

    def quarantine(self, mailbox: str, folder: str, *uids: str) -> None:
        """Move these messages of a folder to the quarantine."""
        for place in self._copies.places(mailbox, folder, uids):
            self._doveadm.cells(mailbox, "move", QUARANTINE, *place, "uid", uid_set(uids))

    def _verdict_of(self, mailbox: str, leaves_unjudged: bool, *query: str) -> str | None:
        """Empty: nothing was found. None: nothing yet, and the filter is to be asked elsewhere."""
        with self._doveadm.content(mailbox, *query) as content:
            is_unjudged = _is_unjudged(content.read(_HEADER_BYTES))
            content.seek(0)
            if virus := self._virus_in(content, is_unjudged=is_unjudged):
                return f"virus {_NOT_OF_A_NAME.sub('-', virus)[:80]}"
            if not is_unjudged:
                return ""
            content.seek(0)
            return None if leaves_unjudged else self._judge(content)

    def _virus_in(self, content: BinaryIO, *, is_unjudged: bool) -> str:
        if self._scan is not None:
            return self._scan(content)
        if is_unjudged:
            return ""
        raise EngineDown("aucun antivirus : voir [antivirus] dans la configuration")

    def _described(self, mailbox: str, verdict: str, *query: str) -> Sequence[str]:
        (row,) = self._doveadm.fetched(mailbox, FIELDS, *query)
        uid, guid, saved, _, *rest = row
        return [uid, guid, saved, verdict, *rest]


def _is_unjudged(head: bytes) -> bool:
    """Whether the filter did not see a message: its mark is that of the MX, which no sender can write."""
    return bool(_UNJUDGED.search(head.replace(b"\r\n", b"\n").partition(b"\n\n")[0]))
