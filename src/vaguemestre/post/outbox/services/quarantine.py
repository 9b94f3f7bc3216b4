"""An account's outgoing mail stopped on suspicion, then released or thrown away. Parts."""

from datetime import datetime

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.post.outbox.events import HoldEnded, MessageQueued
from vaguemestre.post.outbox.models import OutgoingRow, PassageRow

_State = OutgoingRow.State
_Hold = PassageRow.Hold


def stop_outgoing(account_id: int, *, by: str, now: datetime) -> int:
    """Whatever waits to leave stays, until it is released or thrown away. Inside the caller's transaction.

    How many messages were stopped. One whose submission began already cannot be.
    """
    waiting = OutgoingRow.objects.filter(
        account_id=account_id, state__in=(_State.HELD, _State.QUEUED), attempted_at=None
    )
    stopped = waiting.update(state=_State.STOPPED)
    if stopped:
        record("outbox.stopped", to=f"account:{account_id}", by=by, at=now, messages=stopped)
    return stopped


def let_go(account_id: int, *, by: str, now: datetime) -> int:
    """What was stopped or held at the door leaves, once. Inside the caller's transaction. How many."""
    rows = OutgoingRow.objects.select_for_update().filter(account_id=account_id, state=_State.STOPPED)
    ids = list(rows.values_list("pk", flat=True))
    OutgoingRow.objects.filter(pk__in=ids).update(state=_State.HELD, due_at=now)
    for outgoing_id in ids:
        announce(MessageQueued(outgoing_id))
    return _told("released", account_id, len(ids) + _end(account_id, _Hold.RELEASED), by=by, now=now)


def throw_away(account_id: int, *, by: str, now: datetime) -> int:
    """What was stopped or held at the door reaches nobody. Inside the caller's transaction. How many."""
    stopped = OutgoingRow.objects.filter(account_id=account_id, state=_State.STOPPED)
    gone = stopped.update(state=_State.CANCELLED, content=b"")
    return _told("discarded", account_id, gone + _end(account_id, _Hold.DISCARDED), by=by, now=now)


def _end(account_id: int, how: str) -> int:
    """The messages held at the submission door."""
    held = PassageRow.objects.select_for_update().filter(account_id=account_id, hold=_Hold.HELD)
    ids = list(held.values_list("pk", flat=True))
    PassageRow.objects.filter(pk__in=ids).update(hold=how)
    for passage_id in ids:
        announce(HoldEnded(passage_id))
    return len(ids)


def _told(how: str, account_id: int, number: int, *, by: str, now: datetime) -> int:
    if number:
        record(f"outbox.{how}", to=f"account:{account_id}", by=by, at=now, messages=number)
    return number
