"""Use cases of provisioning."""

from vaguemestre.people.provisioning.services.mailboxes import (
    Report,
    make_mailboxes,
    provision_accounts,
    reconcile,
)
from vaguemestre.people.provisioning.services.moves import (
    Move,
    forget_place,
    move_mailbox,
    tidy_former_copies,
)

__all__ = [
    "Move",
    "Report",
    "forget_place",
    "make_mailboxes",
    "move_mailbox",
    "provision_accounts",
    "reconcile",
    "tidy_former_copies",
]
