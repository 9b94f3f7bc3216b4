"""Mail was delivered to a list: its mailbox is to be read."""

from collections.abc import Sequence

from django.db import transaction

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.post.outbox.values import DeliveryEvent, DeliveryState
from vaguemestre.schools.lists.events import LetterGoesOn, ListMailCame
from vaguemestre.schools.lists.queries import lists_among


def hear_deliveries(deliveries: Sequence[DeliveryEvent]) -> None:
    """Implements `outbox.ports.Hear`. Inside the caller's transaction."""
    delivered = {one.recipient for one in deliveries if one.state is DeliveryState.DELIVERED}
    for list_id in set(lists_among(delivered).values()) if delivered else ():
        announce(ListMailCame(list_id))


@transaction.atomic(durable=True)
def hear_again(list_id: int) -> None:
    """Look into that list's mailbox whatever was heard."""
    announce(ListMailCame(list_id))


@transaction.atomic(durable=True)
def carry_again(letter_id: int) -> None:
    """A letter that should have moved by now."""
    announce(LetterGoesOn(letter_id))
