"""Store the steps of the logs, each once; delete them past their retention."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F

from vaguemestre.foundation.jobs.services import announce, announce_once
from vaguemestre.post.trace.events import HandedOverAgain, MailQuarantined, MailUnexamined, ScriptsChanged
from vaguemestre.post.trace.models import LogCursor, MessageMark, MessageStep, StepCount, StepCounter
from vaguemestre.post.trace.ports import ReadSteps
from vaguemestre.post.trace.queries import message_ids_taken_up_again, sent_again
from vaguemestre.post.trace.rules.marks import verdict_mark
from vaguemestre.post.trace.rules.months import first_month_kept
from vaguemestre.post.trace.rules.reasons import counted_as
from vaguemestre.post.trace.rules.stories import is_quarantined
from vaguemestre.post.trace.rules.verdicts import verdict_of_step
from vaguemestre.post.trace.values import LogPiece, LogPosition, Step, StepKind

HEARTBEAT = timedelta(seconds=2)  # how often `reached_at` of a silent log is renewed
_ONE_SILENCE = timedelta(hours=1)  # between two: longer than anything in doubt waits for an answer
MONTHS_AHEAD = 3  # partitions created before they are needed
_ROWS_PER_QUERY = 500
_ROWS_PER_PURGE = 5000


def collect_steps(name: str, read_steps: ReadSteps, *, now: datetime) -> int:
    """Store the new steps of a log, exactly once. Returns how many.

    The log is read before the transaction, so that no database lock waits for a disk. Raises OSError.
    """
    cursor, _ = LogCursor.objects.get_or_create(name=name)
    piece = read_steps(LogPosition(cursor.head, cursor.offset, cursor.line_at))
    is_late = cursor.reached_at is None or now - cursor.reached_at >= HEARTBEAT
    if piece.end[:2] == (cursor.head, cursor.offset) and not (piece.reached_end and is_late):
        return 0
    with transaction.atomic(durable=True):
        return _store_piece(cursor, piece, now)


def announce_redelivered(delivered: Collection[tuple[str, str]]) -> None:
    """Announce `HandedOverAgain` for those messages that Postfix activated more than once, or was sent again.

    `delivered`: (queue identifier, recipient) of messages just delivered. Inside the caller's transaction.
    """
    message_ids = message_ids_taken_up_again({queue_id for queue_id, _ in delivered})
    for queue_id, recipient in delivered:
        if queue_id in message_ids:
            announce(HandedOverAgain(recipient, message_ids[queue_id]))
    for resent in sent_again(delivered):
        announce(HandedOverAgain(*resent))


def purge_steps(months: int, *, now: datetime) -> None:
    """Delete the steps and marks of expired months: whole partitions, or a few thousand rows on SQLite."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT trace_roll_partitions(%s, %s)", (MONTHS_AHEAD, months))
        return
    oldest = MessageStep.objects.order_by("number").values_list("number", "at")[:_ROWS_PER_PURGE]
    first_kept = first_month_kept(now, months)
    if expired := [number for number, at in oldest if at < first_kept]:
        MessageStep.objects.filter(number__lte=expired[-1], at__lt=first_kept).delete()
    with connection.cursor() as cursor:  # their key begins with the mark: the oldest are the first rows
        cursor.execute(
            "DELETE FROM trace_messagemark WHERE at < %s"
            " AND rowid IN (SELECT rowid FROM trace_messagemark ORDER BY rowid LIMIT %s)",
            (first_kept, _ROWS_PER_PURGE),
        )


def _store_piece(cursor: LogCursor, piece: LogPiece, now: datetime) -> int:
    """Move the cursor, then store the steps; nothing if another process has moved the cursor."""
    is_ours = LogCursor.objects.filter(pk=cursor.pk, head=cursor.head, offset=cursor.offset).update(
        head=piece.end.head,
        offset=piece.end.offset,
        reached_at=now if piece.reached_end else cursor.reached_at,
        line_at=piece.end.line_at,
        **_silence(cursor, piece),
    )
    if not is_ours:
        return 0
    if piece.steps:
        StepCounter.objects.get_or_create(pk=1)
        counter = StepCounter.objects.select_for_update().get(pk=1)
        told = [step for step in piece.steps if step.kind is not StepKind.JUDGED or step.status]
        rows = [_row(step, number) for number, step in enumerate(told, counter.last + 1)]
        MessageStep.objects.bulk_create(rows, batch_size=_ROWS_PER_QUERY)
        _store_marks(piece.steps)
        _count(piece.steps)
        for mailbox in sorted({step.recipient for step in piece.steps if step.kind is StepKind.SCRIPTED}):
            announce(ScriptsChanged(mailbox))
        for mailbox in sorted({step.recipient for step in piece.steps if is_quarantined(step)}):
            announce_once(MailQuarantined(mailbox))
        unexamined = {step.queue_id for step in piece.steps if step.kind is StepKind.UNEXAMINED}
        if unexamined:
            announce(MailUnexamined(tuple(sorted(unexamined))))
        counter.last += len(rows)
        counter.save(update_fields=("last",))
    return len(piece.steps)


def _silence(cursor: LogCursor, piece: LogPiece) -> dict[str, datetime]:
    """The columns of the silence just read. One that follows another closely is one with it."""
    if piece.silence is None:
        return {}
    began, ended = piece.silence
    if cursor.silent_from and cursor.silent_until and began - cursor.silent_until < _ONE_SILENCE:
        began = cursor.silent_from
    return {"silent_from": began, "silent_until": ended}


def _store_marks(steps: Sequence[Step]) -> None:
    """What searches find the messages by: what the filter told of them, and its verdict."""
    rows = {
        (mark, step.at, step.queue_id[:32]) for step in steps if step.queue_id for mark in _marks_of(step)
    }
    MessageMark.objects.bulk_create(
        (MessageMark(mark=mark, at=at, queue_id=queue_id) for mark, at, queue_id in sorted(rows)),
        batch_size=_ROWS_PER_QUERY,
        ignore_conflicts=True,  # told twice in a second
    )


def _marks_of(step: Step) -> Iterator[int]:
    yield from step.marks
    if verdict := verdict_of_step(step):
        yield verdict_mark(verdict)


def _count(steps: Sequence[Step]) -> None:
    """Add deliveries and refusals to their counts; the caller has locked the counter's row."""
    for counted, number in Counter(filter(None, map(counted_as, steps))).items():
        row, _ = StepCount.objects.get_or_create(
            kind=counted.kind, place=counted.place, reason=counted.reason
        )
        StepCount.objects.filter(pk=row.pk).update(count=F("count") + number)


def _row(step: Step, number: int) -> MessageStep:
    return MessageStep(
        at=step.at,
        number=number,
        engine=step.engine,
        kind=step.kind,
        queue_id=step.queue_id[:32] or None,
        message_id=_text(step.message_id, 255),
        sender=_text(step.sender, 254),
        recipient=_text(step.recipient, 254),
        relay=_text(step.relay, 255),
        status=_text(step.status, 20),
        detail=_text(step.detail, 500),
    )


def _text(value: str, length: int) -> str | None:
    """The text cut to fit, None if empty; without NUL, which PostgreSQL cannot store."""
    return value.replace("\0", "�")[:length] or None
