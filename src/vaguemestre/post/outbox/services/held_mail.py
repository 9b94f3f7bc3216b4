"""Held submissions, released or discarded by their sender (after re-authentication) or by the help desk."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.post.outbox.events import HoldEnded
from vaguemestre.post.outbox.models import SenderState, Submission
from vaguemestre.post.outbox.ports import EndHold
from vaguemestre.post.outbox.values import HoldState

CONFIRMED_FOR = timedelta(hours=12)
BULK_FOR = timedelta(hours=24)
KEPT_IN_QUEUE = timedelta(days=6)  # Postfix returns what is five days old
MAX_BULK_RECIPIENTS = 5000


@transaction.atomic(durable=True)
def release_held(
    account_id: int, submission_ids: list[int], *, by: str, now: datetime, reason: str = ""
) -> list[HoldEnded]:
    """Release held submissions of the account. Returns the events, already announced.

    The sender has just re-authenticated (or the help desk vouches for them): no burst of that account is
    held for the next twelve hours. Submissions already released or discarded are ignored.
    """
    events = _end_holds(account_id, submission_ids, HoldState.RELEASED, by, now, reason)
    if events:  # or what somebody threw away meanwhile would free the account
        SenderState.objects.update_or_create(
            account_id=account_id, defaults={"confirmed_until": now + CONFIRMED_FOR}
        )
    return events


@transaction.atomic(durable=True)
def discard_held(
    account_id: int, submission_ids: list[int], *, by: str, now: datetime, reason: str = ""
) -> list[HoldEnded]:
    """Discard held submissions of the account: nobody receives them."""
    return _end_holds(account_id, submission_ids, HoldState.DISCARDED, by, now, reason)


def end_hold(submission_id: int, engine: EndHold, *, now: datetime) -> None:
    """Apply the decision on a held submission to the queue of this machine, if it is there. Idempotent."""
    _tell(engine, Submission.objects.filter(pk=submission_id), now)


def end_holds(engine: EndHold, *, now: datetime) -> None:
    """The same for all that no queue was told of: of several machines one has it, and jobs run on any."""
    _tell(engine, Submission.objects.filter(at__gte=now - KEPT_IN_QUEUE), now)


def announce_bulk_send(account_id: int, recipients: int, *, by: str, now: datetime) -> None:
    """Exempt that many recipients from the limits for a day: the sender has just re-authenticated.

    Inside the caller's transaction. Raises Refusal `outbox.bulk-too-many`.
    """
    if recipients > MAX_BULK_RECIPIENTS:
        raise Refusal("outbox.bulk-too-many", most=MAX_BULK_RECIPIENTS)
    row, _ = SenderState.objects.get_or_create(account_id=account_id)
    remaining = row.bulk_left if row.bulk_until and row.bulk_until > now else 0
    row.bulk_left, row.bulk_until = min(MAX_BULK_RECIPIENTS, remaining + recipients), now + BULK_FOR
    row.save(update_fields=("bulk_left", "bulk_until"))
    record("outbox.bulk-expected", to=account_subject(account_id), by=by, at=now, recipients=recipients)


def _end_holds(
    account_id: int, submission_ids: list[int], outcome: HoldState, by: str, now: datetime, reason: str
) -> list[HoldEnded]:
    events = []
    facts = {"reason": reason} if reason else {}
    action = f"outbox.hold-{outcome.value}"
    for submission_id in submission_ids:
        held = Submission.objects.filter(pk=submission_id, account_id=account_id, hold=HoldState.HELD)
        if held.update(hold=outcome):
            record(action, to=account_subject(account_id), by=by, at=now, passage=submission_id, **facts)
            event = HoldEnded(submission_id)
            announce(event)
            events.append(event)
    return events


def _tell(engine: EndHold, rows: QuerySet[Submission], now: datetime) -> None:
    """A message that was told of once may be held again: that hold is somebody else's."""
    for row in rows.filter(hold__in=(HoldState.RELEASED, HoldState.DISCARDED), hold_ended_at=None):
        if engine(row.queue_id, discard=row.hold == HoldState.DISCARDED):
            Submission.objects.filter(pk=row.pk).update(hold_ended_at=now)
