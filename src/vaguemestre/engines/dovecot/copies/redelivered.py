"""Second copies of what Postfix handed over again (RFC 1047), found in a mailbox and deleted.

A copy is a second one when Postfix took the message once (its queue identifier), for the same address, and
LMTP stored it in another transaction: both are in the two Received fields on top, which nobody else writes.
What its owner copied has the same LMTP transaction.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from vaguemestre.engines.dovecot.doveadm_server import DoveadmServer

_FIELDS = ("mailbox-guid", "uid", "date.saved.unixtime", "hdr.received")
_RECEIVED = re.compile(
    r"from \S+ by \S+ with LMTP id (?P<stored>\S+) (?:\(envelope-from [^)]*\) )?"
    r"for <(?P<address>[^>]+)>; [^()]*?"
    r"from [^;]*? by \S+ \(Postfix\) with \w+ id (?P<taken>\w+)"
)


class Copy(NamedTuple):
    """`saved`: Unix time; `received`: the Received fields, the last one first."""

    folder_guid: str
    uid: int
    saved: int
    received: str


class RedeliveredCopies:
    """Takes a mailbox whose name was checked."""

    def __init__(self, doveadm: DoveadmServer) -> None:
        self._doveadm = doveadm

    def __call__(self, mailbox: str, message_id: str) -> int:
        """Delete the second copies of that message. Returns how many. Raises EngineDown, EngineRefused."""
        query = ("mailbox", "*", "HEADER", "Message-ID", message_id)
        rows = self._doveadm.fetched(mailbox, _FIELDS, *query)
        surplus = second_copies(
            Copy(guid, int(uid), int(saved), received) for guid, uid, saved, received in rows
        )
        for copy in surplus:
            self._doveadm.cells(mailbox, "expunge", "mailbox-guid", copy.folder_guid, "uid", str(copy.uid))
        return len(surplus)


def second_copies(copies: Iterable[Copy]) -> list[Copy]:
    """Those that were stored again: the copies of the LMTP transaction that stored it first stay."""
    first: dict[tuple[str, str], str] = {}
    surplus = []
    for copy in sorted(copies, key=lambda copy: (copy.saved, copy.uid)):
        match = _RECEIVED.match(" ".join(copy.received.split()))
        if match is None:
            continue
        kept = first.setdefault((match["taken"], match["address"].lower()), match["stored"])
        if match["stored"] != kept:
            surplus.append(copy)
    return surplus
