"""Handlers of contacts: collect recipients, erase people."""

from django.conf import settings

from vaguemestre.mailbox.contacts import services
from vaguemestre.mailbox.contacts.services import collect_addresses
from vaguemestre.people.credentials.events import PersonErased
from vaguemestre.people.credentials.queries import is_closed
from vaguemestre.post.outbox.events import MessageFiled
from vaguemestre.post.outbox.queries import recipients_of_outgoing


def remember_recipients(event: MessageFiled) -> None:
    """Collect the recipients of a sent message, to suggest them later."""
    recipients = recipients_of_outgoing(event.account_id, event.key)
    addresses = [address for address in recipients if not _is_of_ent(address)]
    collect_addresses(event.account_id, [("", address) for address in addresses])


def _is_of_ent(address: str) -> bool:
    """Whether the address is a pupil's or family's: they are found by class, never collected."""
    domain = str(settings.CONFIG.ent.domain)
    host = address.rpartition("@")[2].lower()
    return bool(domain) and (host == domain or host.endswith("." + domain))


def forget_person(event: PersonErased) -> None:
    """Erase the address book of an erased person."""
    if is_closed(event.account_id):
        services.forget_person(event.account_id)
