"""Removals of the same mail as another: a copy that one of them holds, no other can give back."""

from typing import NamedTuple

from vaguemestre.desks.removals.models import RemovalBox, TakenCopy
from vaguemestre.desks.removals.values import RemovalState
from vaguemestre.foundation.journal.values import number_of
from vaguemestre.people.credentials.queries import presented

_LOOKED_AT = 300  # mailboxes: removals of one mail share the first of them


class OtherRemoval(NamedTuple):
    """A removal that takes, or holds out of sight, copies of the same mail. `by`: a username, or empty."""

    removal_id: int
    by: str


def other_removals(removal_id: int) -> list[OtherRemoval]:
    """The removals, being carried out or not given back, of mail that this one found too; oldest first."""
    own = RemovalBox.objects.filter(removal_id=removal_id, copies__gt=0).order_by("pk")[:_LOOKED_AT]
    sought = {box.mailbox: _marks(box) for box in own}
    rows = RemovalBox.objects.filter(mailbox__in=sought).exclude(removal_id=removal_id)
    removing = rows.filter(removal__state=RemovalState.REMOVING, copies__gt=0)
    holding = rows.filter(pk__in=TakenCopy.objects.filter(box__mailbox__in=sought).values("box"))
    others = {
        box.removal_id: box.removal.decided_by or box.removal.asked_by
        for box in (removing | holding).select_related("removal").iterator()
        if _marks(box) & sought[box.mailbox]
    }
    return [OtherRemoval(number, _username(others[number])) for number in sorted(others)]


def _marks(box: RemovalBox) -> set[str]:
    """What names the messages sought in that mailbox: Message-IDs and queue identifiers."""
    return {*box.message_ids, *box.arrivals}


def _username(actor: str) -> str:
    account_id = number_of("account", actor)
    account = presented(account_id) if account_id else None
    return account.username if account else ""
