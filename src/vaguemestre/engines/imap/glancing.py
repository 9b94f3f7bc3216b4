"""What sorting looks at in a mailbox: where mail may be filed, what came last."""

from vaguemestre.sorting.values import Choice, Glance
from vaguemestre.webmail.ports import OpenMailbox
from vaguemestre.webmail.rules.folders import shown_name
from vaguemestre.webmail.values import Correspondent, Folder, MailLogin, Row, Use

# A filter files neither into what the person writes, nor into the box mail arrives in anyway.
_NOT_FOR_FILING = frozenset({Use.INBOX, Use.DRAFTS, Use.SENT, Use.ALL})
_INBOX = "INBOX"


class Glancing:
    """Implements `sorting.ports.FoldersOf` (`folders`) and `RecentOf` (`recent`)."""

    def __init__(self, open_mailbox: OpenMailbox) -> None:
        self._open_mailbox = open_mailbox

    def folders(self, mailbox: str, session_key: str) -> tuple[Choice, ...]:
        with self._open_mailbox(MailLogin(mailbox, session_key)) as box:
            found = box.folders()
        return tuple(
            Choice(one.name, _shown(one))
            for one in found
            if one.selectable and one.use not in _NOT_FOR_FILING
        )

    def recent(self, mailbox: str, session_key: str, count: int) -> tuple[Glance, ...]:
        with self._open_mailbox(MailLogin(mailbox, session_key)) as box:
            page = box.page(_INBOX, 0, count)
        return tuple(_glance(row) for row in page.rows)


def _shown(folder: Folder) -> str:
    return folder.name.replace("/", " / ") if folder.use is Use.OTHER else shown_name(folder)


def _glance(row: Row) -> Glance:
    summary = row.summary
    return Glance(
        sender=_whole(summary.sender),
        sender_address=summary.sender.address,
        recipients=", ".join(_whole(one) for one in summary.to),
        recipient_addresses=tuple(one.address for one in summary.to),
        subject=summary.subject,
        size=summary.size,
        has_attachment=summary.has_attachment,
    )


def _whole(one: Correspondent) -> str:
    return f"{one.name} <{one.address}>" if one.name else one.address
