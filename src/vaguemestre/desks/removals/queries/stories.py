"""What removals did with a message, for its story."""

from collections.abc import Collection

from vaguemestre.desks.removals.models import RemovalBox, TakenCopy
from vaguemestre.desks.removals.values import BoxPhase
from vaguemestre.post.tracking.ports import RemovedCopy


def copies_removed(queue_ids: Collection[str], account_ids: Collection[int]) -> list[RemovedCopy]:
    """The mailboxes of these accounts that one of these messages left, or was given back to, oldest first."""
    rows = RemovalBox.objects.filter(account_id__in=account_ids).exclude(phase=BoxPhase.LISTED)
    boxes = [box for box in rows.select_related("removal") if not set(queue_ids).isdisjoint(box.arrivals)]
    held = set(TakenCopy.objects.filter(box__in=[box.pk for box in boxes]).values_list("box_id", flat=True))
    copies = [
        RemovedCopy(box.mailbox, box.removal.changed_at, box.removal_id, is_given_back=box.pk not in held)
        for box in boxes
        if box.pk in held or (box.phase == BoxPhase.RESTORED and box.copies)
    ]
    return sorted(copies, key=lambda copy: copy.at)
