"""Message headers that shared mailboxes follow."""

from contextlib import suppress
from datetime import datetime

from vaguemestre.mailbox.webmail.rules.listing.folders import slug
from vaguemestre.mailbox.webmail.rules.listing.snooze import FOLDER
from vaguemestre.mailbox.webmail.services.snooze import snoozed_messages
from vaguemestre.post.mailstore import ports as mailstore
from vaguemestre.post.mailstore.values import Flag, MailLogin, Row
from vaguemestre.schools.sharing.values import InboxMessage, MessageLocation

_INBOX = "INBOX"
_AUTOMATIC = ("mailer-daemon@", "noreply@", "no-reply@", "ne-pas-repondre@", "nepasrepondre@", "postmaster@")


def latest_letters(mailbox: str, session_key: str, number: int) -> tuple[InboxMessage, ...]:
    """Newest messages of a shared inbox, and those a member snoozed out of it: they still await an answer."""
    snoozed = {row.uid: row.due_at for row in snoozed_messages(mailbox) if row.home == _INBOX}
    with mailstore.open_mailbox.get()(MailLogin(mailbox, session_key)) as opened:
        messages = [_inbox_message(row) for row in opened.page(_INBOX, 0, number).rows]
        if snoozed:
            with suppress(mailstore.FolderGone):
                messages += [
                    _inbox_message(row, snoozed[row.ref.uid])
                    for row in opened.page(FOLDER, 0, number).rows
                    if row.ref.uid in snoozed
                ]
                messages.sort(key=lambda message: message.at, reverse=True)
    return tuple(messages)


def snoozed_until(mailbox: str, message_id: str) -> datetime | None:
    """When a snoozed message of a shared mailbox comes back."""
    return next((row.due_at for row in snoozed_messages(mailbox) if row.message_id == message_id), None)


def _inbox_message(row: Row, snoozed_until: datetime | None = None) -> InboxMessage:
    return InboxMessage(
        message_id=row.summary.message_id,
        sender=row.summary.sender.name or row.summary.sender.address,
        subject=row.summary.subject,
        at=row.summary.date,
        is_answered=Flag.ANSWERED in row.flags,
        is_automatic=row.summary.sender.address.lower().startswith(_AUTOMATIC),
        location=MessageLocation(slug(row.ref.folder), row.ref.uid_validity, row.ref.uid),
        snoozed_until=snoozed_until,
    )
