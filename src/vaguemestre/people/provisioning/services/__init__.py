"""Use cases of provisioning."""

from vaguemestre.people.provisioning.services.mailbox_moves import (
    MailboxMove,
    forget_place,
    move_mailbox,
    tidy_former_copies,
)
from vaguemestre.people.provisioning.services.mailboxes import (
    Report,
    make_mailboxes,
    provision_accounts,
    reconcile,
)

__all__ = [
    "MailboxMove",
    "Report",
    "forget_place",
    "make_mailboxes",
    "move_mailbox",
    "provision_accounts",
    "reconcile",
    "tidy_former_copies",
]
