"""What the worker does for address books."""

from django.conf import settings

from vaguemestre.mailbox.contacts import services
from vaguemestre.mailbox.contacts.services import collect_addresses
from vaguemestre.people.credentials.events import PersonErased
from vaguemestre.people.credentials.queries import is_closed
from vaguemestre.post.outbox.events import MessageFiled
from vaguemestre.post.outbox.queries import find_outgoing


def remember_recipients(event: MessageFiled) -> None:
    """Whom one wrote to is proposed the next time."""
    outgoing = find_outgoing(event.account_id, event.key)
    if outgoing is not None:
        ours = [address for address in outgoing.recipients if not _is_of_ent(address)]
        collect_addresses(event.account_id, [("", address) for address in ours])


def _is_of_ent(address: str) -> bool:
    """Pupils and families stand in no address book: one finds them by their class, while it lasts."""
    domain = str(settings.CONFIG.ent.domain)
    there = address.rpartition("@")[2].lower()
    return bool(domain) and (there == domain or there.endswith("." + domain))


def forget_person(event: PersonErased) -> None:
    """Their civil status is erased: nothing of theirs stays here."""
    if is_closed(event.account_id):
        services.forget_person(event.account_id)
