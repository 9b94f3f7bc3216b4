"""What removals did with a message, for its story."""

from collections.abc import Collection

from vaguemestre.desks.removals.models import RemovalBox, TakenCopy
from vaguemestre.desks.removals.values import SENDER_SPAN, BoxPhase
from vaguemestre.post.trace.queries import marked_among
from vaguemestre.post.trace.rules.marks import subject_mark
from vaguemestre.post.tracking.ports import RemovedCopy


def copies_removed(
    queue_ids: Collection[str], account_ids: Collection[int], *, marks_key: str
) -> list[RemovedCopy]:
    """The mailboxes of these accounts that one of these messages left, or was given back to, oldest first."""
    rows = RemovalBox.objects.filter(account_id__in=account_ids).exclude(phase=BoxPhase.LISTED)
    near = [box for box in rows.select_related("removal") if not set(queue_ids).isdisjoint(box.arrivals)]
    boxes = [box for box in near if not _meant(box, marks_key).isdisjoint(queue_ids)]
    held = set(TakenCopy.objects.filter(box__in=[box.pk for box in boxes]).values_list("box_id", flat=True))
    copies = [
        RemovedCopy(box.mailbox, box.removal.changed_at, box.removal_id, is_given_back=box.pk not in held)
        for box in boxes
        if box.pk in held or (box.phase == BoxPhase.RESTORED and box.copies)
    ]
    return sorted(copies, key=lambda copy: copy.at)


def _meant(box: RemovalBox, marks_key: str) -> set[str]:
    """The messages that the removal meant there: of all that its sender wrote, those of its subject.

    All of them where no mark tells them apart.
    """
    removal, arrivals = box.removal, set(box.arrivals)
    if not removal.subject:
        return arrivals
    mark = subject_mark(marks_key, removal.subject)
    return marked_among(arrivals, mark, removal.asked_at - SENDER_SPAN) or arrivals
