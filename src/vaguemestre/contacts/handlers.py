"""What the worker does for address books."""

from vaguemestre.contacts.services import collect_addresses
from vaguemestre.outbox.events import MessageFiled
from vaguemestre.outbox.queries import find_outgoing


def remember_recipients(event: MessageFiled) -> None:
    """Whom one wrote to is proposed the next time."""
    outgoing = find_outgoing(event.account_id, event.key)
    if outgoing is not None:
        collect_addresses(event.account_id, [("", address) for address in outgoing.recipients])
