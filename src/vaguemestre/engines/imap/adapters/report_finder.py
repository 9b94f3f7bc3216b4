"""Delivery reports and read receipts in an inbox (RFC 3464, RFC 8098)."""

from vaguemestre.engines.imap.protocol import answers, response_tree
from vaguemestre.engines.imap.protocol.line_stream import Line
from vaguemestre.engines.imap.store.gateway import ImapMailboxes
from vaguemestre.engines.imap.store.session import sequence_set
from vaguemestre.post.mailstore.values import MailLogin
from vaguemestre.post.outbox.values import ReportPosition

_INBOX = "INBOX"
_MAX_REPORT_BYTES = 98_304  # the report stands before the message it returns
_BATCH = 100  # the rest is for the next run


class ReportFinder:
    """Implements `outbox.ports.FindReports`. Looks only at what arrived since `position`."""

    def __init__(self, mailboxes: ImapMailboxes) -> None:
        self._mailboxes = mailboxes

    def __call__(
        self, mailbox: str, session_key: str, position: ReportPosition
    ) -> tuple[list[bytes], ReportPosition]:
        with self._mailboxes(MailLogin(mailbox, session_key)) as box:
            validity = box.enter_folder(_INBOX).uid_validity
            last_seen = position.uid if validity == position.uid_validity else 0
            last = _last_uid(box.run(b"UID SEARCH RETURN (ALL)", b"UID *"))
            if last <= last_seen:
                return [], ReportPosition(validity, last_seen)
            new = b"UID %d:%d" % (last_seen + 1, last)
            lines = box.run(b"UID SEARCH RETURN (ALL)", new, b'HEADER Content-Type "multipart/report"')
            uids = _uids(lines)[:_BATCH]
            if not uids:
                return [], ReportPosition(validity, last)
            items = b"(UID BODY.PEEK[]<0.%d>)" % _MAX_REPORT_BYTES
            lines = box.run(b"UID FETCH", sequence_set(uids), items)
            contents = [
                answers.section(fetched, "BODY[") or b"" for fetched in response_tree.fetched_items(lines)
            ]
            return contents, ReportPosition(validity, uids[-1] if len(uids) == _BATCH else last)


def _uids(lines: list[Line]) -> list[int]:
    return sorted(answers.uid_set(answers.esearch_all(answers.esearch(lines))))


def _last_uid(lines: list[Line]) -> int:
    uids = _uids(lines)
    return uids[-1] if uids else 0
