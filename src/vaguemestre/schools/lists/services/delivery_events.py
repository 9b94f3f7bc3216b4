"""Events of lists announced from outside: a delivery, a periodic check."""

from collections.abc import Sequence

from django.db import transaction

from vaguemestre.foundation.jobs.services import announce, announce_once
from vaguemestre.post.outbox.values import DeliveryEvent, DeliveryState
from vaguemestre.schools.lists.events import FanoutDue, ListMailDelivered
from vaguemestre.schools.lists.queries import lists_by_address


def handle_deliveries(deliveries: Sequence[DeliveryEvent]) -> None:
    """Announce the lists that received mail. Implements `outbox.ports.OnDeliveries`.

    Inside the caller's transaction.
    """
    delivered = {event.recipient for event in deliveries if event.state is DeliveryState.DELIVERED}
    for list_id in set(lists_by_address(delivered).values()) if delivered else ():
        announce_once(ListMailDelivered(list_id))


@transaction.atomic(durable=True)
def announce_mail(list_id: int) -> None:
    """Have the list's mailbox read, without a delivery event."""
    announce_once(ListMailDelivered(list_id))


@transaction.atomic(durable=True)
def resume_fanout(letter_id: int) -> None:
    """Resume the fan-out of a stalled letter."""
    announce(FanoutDue(letter_id))
