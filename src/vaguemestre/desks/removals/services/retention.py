"""Removals that are over are forgotten, and what they took is deleted for good."""

from datetime import datetime, timedelta

from django.db import transaction

from vaguemestre.desks.removals.models import DiscardedCopy, Removal, RemovalBox, SecurityOfficer, TakenCopy
from vaguemestre.desks.removals.ports import MailCopies
from vaguemestre.desks.removals.rules.returns import copies_to_return
from vaguemestre.foundation.jobs.purge import delete_batch
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused

_BOXES_PER_RUN = 200


def delete_old_removals(days: int, copies: MailCopies, *, backups_kept: timedelta, now: datetime) -> None:
    """Delete the removals that last changed more than that many days ago, copies first.

    The GUIDs of these copies stay for as long as a backup may hold them. A mailbox that is gone has no
    copies; one that does not answer waits for the next run. Raises EngineDown.
    """
    old = Removal.objects.filter(changed_at__lt=now - timedelta(days=days))
    holding = TakenCopy.objects.filter(box__removal__in=old).values("box")
    for box in RemovalBox.objects.filter(pk__in=holding)[:_BOXES_PER_RUN]:
        _discard(box, copies, now)
    delete_batch(old.exclude(boxes__taken__isnull=False))
    delete_batch(DiscardedCopy.objects.filter(discarded_at__lt=now - backups_kept))


def _discard(box: RemovalBox, copies: MailCopies, now: datetime) -> None:
    pairs = TakenCopy.objects.filter(box=box).values_list("folder", "guid")
    try:
        taken = copies_to_return(pairs, copies.list_removed(box.mailbox))
        if taken.total:
            copies.discard_copies(box.mailbox, [uid for uids in taken.uids.values() for uid in uids])
    except EngineRefused as error:
        if "NOUSER" not in str(error):
            raise EngineDown(str(error)) from error
    _remember(box, now)


@transaction.atomic(durable=True)
def _remember(box: RemovalBox, now: datetime) -> None:
    """Replace the copies of a mailbox by their GUIDs, in one transaction: no restoration falls between."""
    taken = TakenCopy.objects.filter(box=box)
    DiscardedCopy.objects.bulk_create(
        DiscardedCopy(mailbox=box.mailbox, account_id=box.account_id, guid=guid, discarded_at=now)
        for guid in taken.values_list("guid", flat=True).distinct()
    )
    taken.delete()


@transaction.atomic(durable=True)
def forget_person(account_id: int) -> None:
    """Use case: delete what removals say about that person's mailbox, and the right to decide them."""
    RemovalBox.objects.filter(account_id=account_id).delete()
    DiscardedCopy.objects.filter(account_id=account_id).delete()
    SecurityOfficer.objects.filter(account_id=account_id).delete()
