"""Message headers that shared mailboxes follow."""

from vaguemestre.mailbox.webmail.rules.listing.folders import slug
from vaguemestre.post.mailstore import ports as mailstore
from vaguemestre.post.mailstore.values import Flag, MailLogin
from vaguemestre.schools.sharing.values import InboxMessage, MessageLocation

_AUTOMATIC = ("mailer-daemon@", "noreply@", "no-reply@", "ne-pas-repondre@", "nepasrepondre@", "postmaster@")


def latest_letters(mailbox: str, session_key: str, number: int) -> tuple[InboxMessage, ...]:
    """Newest messages of a shared inbox."""
    with mailstore.open_mailbox.get()(MailLogin(mailbox, session_key)) as opened:
        rows = opened.page("INBOX", 0, number).rows
    return tuple(
        InboxMessage(
            message_id=row.summary.message_id,
            sender=row.summary.sender.name or row.summary.sender.address,
            subject=row.summary.subject,
            at=row.summary.date,
            is_answered=Flag.ANSWERED in row.flags,
            is_automatic=row.summary.sender.address.lower().startswith(_AUTOMATIC),
            location=MessageLocation(slug(row.ref.folder), row.ref.uid_validity, row.ref.uid),
        )
        for row in rows
    )
