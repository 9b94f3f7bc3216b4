"""Nothing of a roster outlives its school year."""

from datetime import datetime, timedelta

from django.db import transaction

from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.post.outbox.services import forget_domain
from vaguemestre.schools.rosters.models import EntAnswerRow, RosterRow, StagedRow

STAGED_FOR = timedelta(hours=2)


@transaction.atomic(durable=True)
def purge(*, now: datetime, ent_domain: str = "") -> int:
    """Forget the rosters whose year is over, and files given up. Returns how many rosters went.

    With them goes what says to whom of the ENT anybody wrote.
    """
    StagedRow.objects.filter(at__lt=now - STAGED_FOR).delete()
    EntAnswerRow.objects.filter(until__lt=now).delete()
    over = list(RosterRow.objects.filter(purge_on__lt=paris_day(now)).values_list("pk", "structure_id"))
    for pk, structure_id in over:
        RosterRow.objects.filter(pk=pk).delete()
        record("rosters.purged", to=f"structure:{structure_id}", by="system", at=now)
    if over and ent_domain:
        forget_domain(ent_domain, now=now)
    return len(over)
