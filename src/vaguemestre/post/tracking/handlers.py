"""What the worker does when mail is held: its sender is told, whatever program sent it."""

from django.db import transaction

from vaguemestre.access.signin.events import AccountTouched
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.post.outbox.events import MailHeld
from vaguemestre.post.outbox.queries import first_held


def tell_sender(event: MailHeld) -> None:
    """One notice for a whole burst: for the first of what is held now."""
    if first_held(event.account_id) == event.passage_id:
        with transaction.atomic(durable=True):
            announce(AccountTouched(event.account_id, "mail-held", event.at))
