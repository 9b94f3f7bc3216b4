"""What came back in an inbox about messages sent: delivery reports and read receipts."""

import re

from vaguemestre.engines.imap.protocol import parse, response_tree
from vaguemestre.engines.imap.protocol.wire import Line
from vaguemestre.engines.imap.store.gateway import ImapMailboxes
from vaguemestre.engines.imap.store.session import folded
from vaguemestre.post.mailstore.values import MailLogin
from vaguemestre.post.outbox.values import ReportPosition

_INBOX = "INBOX"
_ENOUGH = 98_304  # octets of each: the report stands before the message that comes back with it
_MOST = 100  # at once; the rest is for the next time
_ALL_FOUND = re.compile(rb" ALL ([0-9:,]+)")


class Reports:
    """Implements `outbox.ports.FindReports`. Looks only at what came since last time."""

    def __init__(self, mailboxes: ImapMailboxes) -> None:
        self._mailboxes = mailboxes

    def __call__(
        self, mailbox: str, session_key: str, position: ReportPosition
    ) -> tuple[list[bytes], ReportPosition]:
        with self._mailboxes(MailLogin(mailbox, session_key)) as box:
            _, validity, _ = box.enter_folder(_INBOX)
            seen = position.uid if validity == position.uid_validity else 0
            last = _last_uid(box.run(b"UID SEARCH RETURN (ALL)", b"UID *"))
            if last <= seen:
                return [], ReportPosition(validity, seen)
            new = b"UID %d:%d" % (seen + 1, last)
            lines = box.run(b"UID SEARCH RETURN (ALL)", new, b'HEADER Content-Type "multipart/report"')
            uids = _uids(lines)[:_MOST]
            if not uids:
                return [], ReportPosition(validity, last)
            asked = b"(UID BODY.PEEK[]<0.%d>)" % _ENOUGH
            fetched = list(response_tree.fetched(box.run(b"UID FETCH", folded(uids), asked)))
            contents = [parse.section(items, "BODY[") or b"" for items in fetched]
            return contents, ReportPosition(validity, uids[-1] if len(uids) == _MOST else last)


def _uids(lines: list[Line]) -> list[int]:
    for line in lines:
        if line.text.startswith(b"ESEARCH") and (found := _ALL_FOUND.search(line.text)):
            return sorted(parse.uid_set(found[1]))
    return []


def _last_uid(lines: list[Line]) -> int:
    uids = _uids(lines)
    return uids[-1] if uids else 0
