"""Second copies of what Postfix handed over again (RFC 1047), found in a mailbox and deleted.

A copy is a second one when Postfix took the message once (its queue identifier), for the same address, and
LMTP stored it in another transaction: both are in the two Received fields on top, which nobody else writes.
On a pod they are below a third, of its own Dovecot, to which that of a front passed the message on.
What its owner copied has the same LMTP transaction.

A server whose answer a cut took sends the message again, and Postfix takes it under another identifier. That
is a second copy if it is equal: every field beneath our own, and the sizes of every part.
"""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from vaguemestre.engines.dovecot.doveadm_server import DoveadmServer

_FIELDS = ("mailbox-guid", "uid", "date.saved.unixtime", "hdr.received")
_PASSED_ON = r"from \S+ \(\[[^\]]*\]\) \(using [^;]*\) by \S+ with LMTPS id [^;]*; [^()]*? "
_RECEIVED = re.compile(
    rf"(?P<passed_on>{_PASSED_ON})?"
    r"from \S+ by \S+ with LMTP id (?P<stored>\S+) (?:\(envelope-from [^)]*\) )?"
    r"for <(?P<address>[^>]+)>; [^()]*?"
    r"from [^;]*? by \S+ \(Postfix\) with \w+ id (?P<taken>\w+)"
)
_CONTENT = ("hdr", "imap.bodystructure")
_FIELD = re.compile(r"^(?P<name>[!-9;-~]++):(?:.*\n?)(?:[ \t].*\n?)*+", re.MULTILINE)  # linear in its text
_FILTER_FIELDS = frozenset(("authentication-results", "x-spam-status", "x-spam-level"))


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

    def __call__(self, mailbox: str, message_id: str, outlived: str = "") -> int:
        """Delete the second copies of that message. Returns how many. Raises EngineDown, EngineRefused.

        `outlived`: a queue identifier; what was taken under another one and is equal is a second copy too.
        """
        query = ("mailbox", "*", "HEADER", "Message-ID", message_id)
        rows = self._doveadm.fetched(mailbox, _FIELDS, *query)
        copies = [Copy(guid, int(uid), int(saved), received) for guid, uid, saved, received in rows]
        surplus = second_copies(copies)
        if outlived:
            left = [copy for copy in copies if copy not in surplus]
            surplus += copies_sent_again(left, outlived, lambda copy: self._content(mailbox, copy))
        for copy in surplus:
            self._doveadm.cells(mailbox, "expunge", "mailbox-guid", copy.folder_guid, "uid", str(copy.uid))
        return len(surplus)

    def _content(self, mailbox: str, copy: Copy) -> tuple[str, ...]:
        query = ("mailbox-guid", copy.folder_guid, "uid", str(copy.uid))
        return tuple(
            cell
            for header, parts in self._doveadm.fetched(mailbox, _CONTENT, *query)
            for cell in (senders_fields(header), parts)
        )


def second_copies(copies: Iterable[Copy]) -> list[Copy]:
    """The duplicates to delete: copies stored by another LMTP transaction than the first."""
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


def copies_sent_again(
    copies: Iterable[Copy], outlived: str, content: Callable[[Copy], tuple[str, ...]]
) -> list[Copy]:
    """The duplicates to delete: those taken under that queue id or others, equal to the first stored."""
    by_taking: dict[tuple[str, str], list[Copy]] = {}
    for copy in sorted(copies, key=lambda copy: (copy.saved, copy.uid)):
        if match := _RECEIVED.match(" ".join(copy.received.split())):
            by_taking.setdefault((match["address"].lower(), match["taken"]), []).append(copy)
    surplus = []
    for address in {address for address, taken in by_taking if taken == outlived}:
        first, *others = [same for (to, _), same in by_taking.items() if to == address]
        surplus += [copy for same in others if content(same[0]) == content(first[0]) for copy in same]
    return surplus


def senders_fields(header: str) -> str:
    """The fields beneath our Postfix's Received, without those of the filter."""
    fields = list(_FIELD.finditer(header))
    received = [place for place, field in enumerate(fields) if field["name"].lower() == "received"]
    ours = 2 if received and _is_passed_on(fields[received[0]][0]) else 1
    beneath = fields[received[ours] + 1 :] if len(received) > ours else fields
    return "".join(field[0] for field in beneath if field["name"].lower() not in _FILTER_FIELDS)


def _is_passed_on(field: str) -> bool:
    return re.match(rf"(?i:received): {_PASSED_ON}", f"{' '.join(field.split())} ") is not None
