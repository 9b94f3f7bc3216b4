"""Outgoing mail of an account under suspicion: stopped, then released or discarded.

Every function runs inside the caller's transaction.
"""

from datetime import datetime

from django.db.models.functions import Greatest

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.post.outbox.events import HoldEnded, MessageQueued
from vaguemestre.post.outbox.models import OutboxMessage, Submission
from vaguemestre.post.outbox.values import HoldState

_State = OutboxMessage.State


def stop_outgoing(account_id: int, *, by: str, now: datetime) -> int:
    """Stop the messages that are waiting, until they are released or discarded. Returns how many.

    A message whose submission has begun cannot be stopped.
    """
    waiting = OutboxMessage.objects.filter(
        account_id=account_id, state__in=(_State.HELD, _State.QUEUED), attempted_at=None
    )
    stopped = waiting.update(state=_State.STOPPED)
    if stopped:
        record("outbox.stopped", to=account_subject(account_id), by=by, at=now, messages=stopped)
    return stopped


def release_outgoing(account_id: int, *, by: str, now: datetime) -> int:
    """Send the messages that were stopped, or held at submission. Returns how many.

    One whose hour is still to come keeps it.
    """
    rows = OutboxMessage.objects.select_for_update().filter(account_id=account_id, state=_State.STOPPED)
    due = dict(rows.values_list("pk", "due_at"))
    OutboxMessage.objects.filter(pk__in=due).update(state=_State.HELD, due_at=Greatest("due_at", now))
    for outbox_id, due_at in due.items():
        announce(MessageQueued(outbox_id), due=due_at if due_at > now else None)
    count = len(due) + _end_holds(account_id, HoldState.RELEASED)
    _record(HoldState.RELEASED, account_id, count, by=by, now=now)
    return count


def discard_outgoing(account_id: int, *, by: str, now: datetime) -> int:
    """Discard the messages that were stopped, or held at submission. Returns how many."""
    stopped = OutboxMessage.objects.filter(account_id=account_id, state=_State.STOPPED)
    count = stopped.update(state=_State.CANCELLED, content=b"") + _end_holds(account_id, HoldState.DISCARDED)
    _record(HoldState.DISCARDED, account_id, count, by=by, now=now)
    return count


def _end_holds(account_id: int, outcome: HoldState) -> int:
    """Release or discard every held submission of the account. Returns how many."""
    held = Submission.objects.select_for_update().filter(account_id=account_id, hold=HoldState.HELD)
    ids = list(held.values_list("pk", flat=True))
    Submission.objects.filter(pk__in=ids).update(hold=outcome)
    for submission_id in ids:
        announce(HoldEnded(submission_id))
    return len(ids)


def _record(outcome: HoldState, account_id: int, count: int, *, by: str, now: datetime) -> None:
    if count:
        record(f"outbox.{outcome.value}", to=account_subject(account_id), by=by, at=now, messages=count)
