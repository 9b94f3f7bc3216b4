"""End of the retention of feeds: their lines, plans and files quote civil status."""

import contextlib
from datetime import datetime, timedelta

from django.db.models import Q

from vaguemestre.foundation.jobs.purge import delete_batch
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.intake.models import (
    AppliedLine,
    Feed,
    HeldPiece,
    MatchCandidate,
    PlannedRow,
    RefusedRow,
)
from vaguemestre.people.intake.services.held.feeds import discard_feed


def delete_old_lines(days: int, *, now: datetime) -> None:
    """Delete lines, plans and files of feeds older than that many days; counts stay.

    A held feed that nobody decided is discarded. A match candidate is deleted that many days after its answer
    or, without one, after it was last seen.
    """
    over = now - timedelta(days=days)
    unfinished = Feed.objects.filter(started_at__lt=over, finished_at=None)
    for feed_id in list(unfinished.filter(decided_at=None).exclude(refusal="").values_list("pk", flat=True)):
        with contextlib.suppress(Refusal):  # decided meanwhile
            discard_feed(feed_id, by="system", now=now)
    delete_batch(PlannedRow.objects.filter(feed__started_at__lt=over))
    delete_batch(HeldPiece.objects.filter(feed__started_at__lt=over))
    delete_batch(AppliedLine.objects.filter(feed__started_at__lt=over))
    delete_batch(RefusedRow.objects.filter(feed__started_at__lt=over))
    delete_batch(MatchCandidate.objects.filter(Q(answered_at__lt=over) | Q(answer="", seen_at__lt=over)))
