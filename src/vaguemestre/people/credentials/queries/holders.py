"""The account of a mailbox, for the submission policy: one SQL query per message."""

from typing import NamedTuple

from vaguemestre.people.credentials.models import Account


class MailboxHolder(NamedTuple):
    """An account; `is_open`: active, and its mailbox not held."""

    account_id: int
    is_open: bool


def holder_of_mailbox(mailbox: str) -> MailboxHolder | None:
    """The account whose mailbox that is, and whether the mailbox opens today."""
    row = Account.objects.filter(mailbox=mailbox).values_list("pk", "state", "mailbox_state").first()
    if row is None:
        return None
    account_id, state, mailbox_state = row
    return MailboxHolder(
        account_id, is_open=state == Account.State.ACTIVE and mailbox_state == Account.Mailbox.OPEN
    )
