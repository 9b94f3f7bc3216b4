"""Deletion of rosters at the end of their school year."""

from datetime import datetime, timedelta

from django.db import transaction

from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import structure_subject
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.post.outbox.services import forget_domain
from vaguemestre.schools.rosters.models import EntAnswerRow, RosterRow, StagedRow

STAGED_FOR = timedelta(hours=2)


@transaction.atomic(durable=True)
def purge_rosters(*, now: datetime, ent_domain: str = "") -> int:
    """Delete expired rosters, staged files and used assertions. Returns how many rosters were deleted.

    Recipients of the ENT are then removed from senders' known recipients.
    """
    StagedRow.objects.filter(at__lt=now - STAGED_FOR).delete()
    EntAnswerRow.objects.filter(until__lt=now).delete()
    expired = list(RosterRow.objects.filter(purge_on__lt=paris_day(now)).values_list("pk", "structure_id"))
    for pk, structure_id in expired:
        RosterRow.objects.filter(pk=pk).delete()
        record("rosters.purged", to=structure_subject(structure_id), by="system", at=now)
    if expired and ent_domain:
        forget_domain(ent_domain, now=now)
    return len(expired)
