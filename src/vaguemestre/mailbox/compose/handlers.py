"""What the worker does for a composer whose message left, or did not."""

from datetime import timedelta

from django.utils import timezone

from vaguemestre.mailbox.compose import queries, services
from vaguemestre.mailbox.compose.events import MailingGoesOn
from vaguemestre.mailbox.compose.http import size_limit
from vaguemestre.people.credentials.events import PersonErased
from vaguemestre.people.credentials.queries import is_closed
from vaguemestre.people.intake.events import PersonTransferred
from vaguemestre.post.mailstore.ports import open_mailbox
from vaguemestre.post.outbox.events import MessageFiled, MessageRefused


def forget_composer(event: MessageFiled) -> None:
    services.forget_writing(event.account_id, event.key, open_mailbox.get())


def follow_transfer(event: PersonTransferred) -> None:
    """Signatures follow somebody to another académie of this installation."""
    services.move_identities(event.account_id, event.left_domain, event.new_address)


def carry_mailing(event: MailingGoesOn) -> None:
    services.carry_mailing(event.mailing_id, open_mailbox.get(), limit=size_limit(), now=timezone.now())


def find_lost_mailings() -> None:
    """A mailing whose job was lost with its worker goes on."""
    for mailing_id in queries.mailings_under_way(timezone.now() - timedelta(minutes=5)):
        carry_mailing(MailingGoesOn(mailing_id))


def forget_class_mailings() -> None:
    services.forget_class_mailings(now=timezone.now())


def bring_draft_back(event: MessageRefused) -> None:
    services.take_back(event.account_id, event.key, open_mailbox.get(), now=timezone.now())


def forget_person(event: PersonErased) -> None:
    """Their civil status is erased: nothing of theirs stays here."""
    if is_closed(event.account_id):
        services.forget_person(event.account_id)
