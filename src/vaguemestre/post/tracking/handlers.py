"""Job that notifies a sender of held mail."""

from django.db import transaction

from vaguemestre.access.signin.events import AccountTouched
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.post.outbox.events import MailHeld
from vaguemestre.post.outbox.queries import first_held_id


def notify_sender(event: MailHeld) -> None:
    """Notify once for a whole burst: for the oldest held submission only."""
    if first_held_id(event.account_id) == event.submission_id:
        with transaction.atomic(durable=True):
            announce(AccountTouched(event.account_id, "mail-held", event.at))
