"""Messages found by people, subject, verdict, link or attached file. Their marks are ranges of one index."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from itertools import batched

from django.db.models import QuerySet

from vaguemestre.post.trace.models import MessageMark, MessageStep
from vaguemestre.post.trace.queries.steps import LIFETIME, MAX_MESSAGES, MAX_STEPS, step_of_row
from vaguemestre.post.trace.rules.found_messages import found_message, meets
from vaguemestre.post.trace.rules.marks import verdict_mark
from vaguemestre.post.trace.rules.order import in_order
from vaguemestre.post.trace.values import Engine, FoundMessage, MessageSearch, Step, StepKind


def find_messages(criteria: MessageSearch, *, limit: int) -> tuple[FoundMessage, ...]:
    """The latest `limit` messages that meet the criteria, newest first.

    Steps are found by the indexes of recipients and senders, or by the marks of the subject, else of the
    verdict; the other criteria are compared among the latest `MAX_STEPS` of each only.
    """
    if criteria.addresses:
        by_message = _of_people(criteria)
    else:
        is_whole = not (criteria.other or criteria.fate or (criteria.subject and criteria.verdicts))
        marks = [criteria.subject] if criteria.subject else map(verdict_mark, criteria.verdicts)
        queue_ids = latest_with_marks(marks, criteria, limit=limit if is_whole else MAX_STEPS)
        by_message = _steps_of_queue(queue_ids, criteria)
    found = [found_message(key, in_order(steps), criteria) for key, steps in by_message.items()]
    matching = (message for message in found if message and meets(message, criteria))
    return tuple(sorted(matching, key=lambda message: message.at, reverse=True)[:limit])


def latest_with_marks(marks: Iterable[int], criteria: MessageSearch, *, limit: int) -> list[str]:
    """Queue identifiers of the latest messages of that time that bear one of these marks, newest first."""
    latest: dict[str, datetime] = {}
    for mark in marks:
        rows = marked(mark, criteria.since, criteria.until).order_by("-at")[:limit]
        latest |= dict(rows.values_list("queue_id", "at"))
    return sorted(latest, key=lambda queue_id: latest[queue_id], reverse=True)[:limit]


def queue_ids_with_marks(marks: Iterable[int], since: datetime) -> set[str]:
    """The queue identifiers of every message since then that bears one of these marks."""
    rows = (MessageMark.objects.filter(mark=mark, at__gte=since) for mark in marks)
    return {queue_id for found in rows for queue_id in found.values_list("queue_id", flat=True).iterator()}


def marked_among(queue_ids: Collection[str], mark: int, since: datetime) -> set[str]:
    """Those of these messages that bear the mark; one that no filter examined bears none."""
    rows = MessageMark.objects.filter(mark=mark, at__gte=since, queue_id__in=queue_ids)
    return set(rows.values_list("queue_id", flat=True))


def marked(mark: int, since: datetime, until: datetime) -> "QuerySet[MessageMark]":
    """`until`: exclusive."""
    return MessageMark.objects.filter(mark=mark, at__gte=since, at__lt=until)


def _of_people(criteria: MessageSearch) -> dict[str, list[Step]]:
    """The steps of each message that those addresses sent or received.

    By queue identifier, or for a rejection before the queue by its number.
    """
    anchors = [*_latest_steps(criteria, "recipient"), *_latest_steps(criteria, "sender")]
    queue_ids = dict.fromkeys(row.queue_id for row in sorted(anchors, key=_newest_first) if row.queue_id)
    if criteria.subject:
        return _steps_of_queue(_with_subject(queue_ids, criteria.subject, criteria), criteria)
    rejected = {
        f"{row.number}": [step_of_row(row)]
        for row in anchors
        if not row.queue_id and row.kind == StepKind.REJECTED
    }
    return _steps_of_queue(queue_ids, criteria) | rejected


def _with_subject(queue_ids: Collection[str], subject: int, criteria: MessageSearch) -> set[str]:
    """The queue ids, among these, that bear that subject mark.

    A message is marked within a day of its first step.
    """
    rows = marked(subject, criteria.since - timedelta(days=1), criteria.until)
    return {
        queue_id
        for batch in batched(queue_ids, MAX_MESSAGES, strict=False)
        for queue_id in rows.filter(queue_id__in=batch).values_list("queue_id", flat=True)
    }


def _latest_steps(criteria: MessageSearch, column: str) -> "list[MessageStep]":
    span = {"at__gte": criteria.since, "at__lt": criteria.until, "engine": Engine.POSTFIX}
    named = {f"{column}__in": list(criteria.addresses), **span}
    return list(MessageStep.objects.filter(**named).order_by("-at")[:MAX_STEPS])


def _steps_of_queue(queue_ids: Iterable[str], criteria: MessageSearch) -> dict[str, list[Step]]:
    """Queue identifier → its steps."""
    by_queue: dict[str, list[Step]] = {}
    for batch in batched(queue_ids, MAX_MESSAGES, strict=False):
        rows = MessageStep.objects.filter(
            queue_id__in=batch, at__gte=criteria.since - timedelta(days=1), at__lt=criteria.until + LIFETIME
        )
        for row in rows.order_by("at", "number"):
            by_queue.setdefault(row.queue_id or "", []).append(step_of_row(row))
    return by_queue


def _newest_first(row: MessageStep) -> float:
    return -row.at.timestamp()
