"""Decisions about messages that wait in Postfix's queue."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from vaguemestre.desks.operations.ports import ActOnQueue
from vaguemestre.desks.operations.values import QueueAct, QueuedMessage
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import Subject
from vaguemestre.foundation.kernel.errors import EngineDown, Refusal
from vaguemestre.post.outbox.queries import held_queue_ids

MAX_MESSAGES = 500


def act_on_messages(
    act: QueueAct,
    messages: Sequence[QueuedMessage],
    engine: ActOnQueue,
    *,
    by: str,
    now: datetime,
    reason: str = "",
) -> int:
    """Use case: do that with messages of the queue, each a line of the journal. Returns how many.

    Raises Refusal `operations.nothing-chosen`, `.too-many`, `.reason-missing`; `.held-by-control` for what
    the control of submissions holds, whose owner is told of the decision elsewhere. Raises EngineDown.
    """
    chosen = _concerned(act, messages)
    _check(act, chosen, reason)
    _journal(f"operations.queue-{act.value}", chosen, by=by, at=now, reason=reason)
    try:
        engine(act, [message.queue_id for message in chosen])
    except EngineDown:
        _journal("operations.queue-unreached", chosen, by=by, at=now, reason=act.value)
        raise
    return len(chosen)


@transaction.atomic(durable=True)
def _journal(action: str, messages: Sequence[QueuedMessage], *, by: str, at: datetime, reason: str) -> None:
    """A line for each message. No lock of the database is held while Postfix works."""
    for message in messages:
        details: dict[str, Any] = {"sender": message.sender, "recipients": len(message.recipients)}
        record(
            action,
            to=str(Subject("queue", message.queue_id)),
            by=by,
            at=at,
            **details,
            **({"reason": reason} if reason else {}),
        )


def _concerned(act: QueueAct, messages: Collection[QueuedMessage]) -> list[QueuedMessage]:
    """The messages that the act changes: only a held one is released, and it is not held again."""
    if act is QueueAct.SEND_BACK:
        return list(messages)
    return [message for message in messages if message.is_held == (act is QueueAct.RELEASE)]


def _check(act: QueueAct, chosen: Sequence[QueuedMessage], reason: str) -> None:
    if not chosen:
        raise Refusal("operations.nothing-chosen")
    if len(chosen) > MAX_MESSAGES:
        raise Refusal("operations.too-many", most=MAX_MESSAGES)
    if act is QueueAct.SEND_BACK and not reason:
        raise Refusal("operations.reason-missing")
    if held := held_queue_ids([message.queue_id for message in chosen if message.is_held]):
        raise Refusal("operations.held-by-control", count=len(held))
