"""What the worker does when mail is held: its sender is told, whatever program sent it."""

from django.db import transaction

from vaguemestre.jobs.services import announce
from vaguemestre.outbox.events import MailHeld
from vaguemestre.outbox.queries import first_held
from vaguemestre.signin.events import AccountTouched


def tell_sender(event: MailHeld) -> None:
    """One notice for a whole burst: for the first of what is held now."""
    if first_held(event.account_id) == event.passage_id:
        with transaction.atomic(durable=True):
            announce(AccountTouched(event.account_id, "mail-held", event.at))
