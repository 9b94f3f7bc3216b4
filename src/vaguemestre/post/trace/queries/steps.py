"""Queries on steps. Conditions on the time, where it is known, spare PostgreSQL the other partitions."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import batched

from django.db.models import Count, Max, Q, QuerySet

from vaguemestre.foundation.kernel.times import PARIS
from vaguemestre.post.trace.models import LogCursor, MessageStep, StepCount
from vaguemestre.post.trace.rules.order import in_order
from vaguemestre.post.trace.values import (
    CountedAs,
    Engine,
    NumberedStep,
    Place,
    Resent,
    Step,
    StepKind,
)

LIFETIME = timedelta(days=8)
MAX_STEPS = 2000  # of one search
MAX_MESSAGES = 200
_FAILURES = (StepKind.REJECTED, StepKind.DEFERRED, StepKind.REFUSED, StepKind.DISCARDED)


def steps_of_message(message_id: str) -> tuple[Step, ...]:
    """Every step of a message, in order; none if no log names it. `message_id` with or without brackets."""
    bracketed = f"<{message_id.strip().strip('<>')}>"
    named = MessageStep.objects.filter(message_id__in=(bracketed, bracketed[1:-1]))
    rows = list(named.order_by("at", "number")[:MAX_STEPS])
    return in_order([step_of_row(row) for row in (*rows, *_rows_of_queue(rows))])


def steps_of_queue_id(queue_id: str) -> tuple[Step, ...]:
    """Every step of a message of our queue, in order."""
    rows = MessageStep.objects.filter(queue_id=queue_id).order_by("at", "number")[:MAX_STEPS]
    return in_order([step_of_row(row) for row in rows])


def steps_of_recipient(address: str, day: date) -> tuple[Step, ...]:
    """The steps of a recipient on a day (Paris), in order, with the sender where the queue knows it."""
    begins, ends = _bounds(day)
    rows = MessageStep.objects.filter(recipient=address.lower(), at__gte=begins, at__lt=ends)
    return in_order(_with_senders(list(rows.order_by("at", "number")[:MAX_STEPS])))


def steps_of_correspondent(address: str, day: date) -> tuple[Step, ...]:
    """Every step of the messages that an envelope sender gave us on a day (Paris), in order."""
    begins, ends = _bounds(day)
    typed = address.strip()
    named = MessageStep.objects.filter(sender__in={typed, typed.lower()}, at__gte=begins, at__lt=ends)
    rows = list(named.order_by("at", "number")[:MAX_STEPS])
    known = {row.pk for row in rows}
    others = (row for row in _rows_of_queue(rows, nameless=False) if row.pk not in known)
    return in_order([step_of_row(row) for row in (*rows, *others)])


def failures_of(addresses: Collection[str], since: datetime, *, limit: int) -> tuple[Step, ...]:
    """The latest messages that these addresses (lower case) did not get, newest first, with their senders."""
    rows = MessageStep.objects.filter(recipient__in=addresses, kind__in=_FAILURES, at__gte=since)
    return tuple(_with_senders(list(rows.order_by("-at", "-number")[:limit])))


def steps_after(number: int, *, limit: int) -> tuple[NumberedStep, ...]:
    """The steps stored after that one, in the order of their numbers."""
    rows = MessageStep.objects.filter(number__gt=number).order_by("number")[:limit]
    return tuple(NumberedStep(row.number, step_of_row(row)) for row in rows)


def last_number() -> int:
    """The number of the last step stored; 0 before the first."""
    return MessageStep.objects.aggregate(last=Max("number"))["last"] or 0


def queued_at(queue_ids: Collection[str], since: datetime) -> dict[str, datetime]:
    """Queue identifier → when the message was completely in the queue; only for those since that moment."""
    moments: dict[str, datetime] = {}
    for batch in batched(queue_ids, MAX_MESSAGES):
        rows = MessageStep.objects.filter(queue_id__in=batch, kind=StepKind.QUEUED, at__gte=since)
        for queue_id, at in rows.values_list("queue_id", "at"):
            moments[queue_id or ""] = min(at, moments.get(queue_id or "", at))
    return moments


def steps_of_sender(sender: str) -> tuple[Step, ...]:
    """The steps that name an envelope sender, in order."""
    rows = MessageStep.objects.filter(sender=sender).order_by("at", "number")
    return tuple(step_of_row(row) for row in rows[:MAX_STEPS])


def step_counts() -> dict[CountedAs, int]:
    """Deliveries and refusals since the installation began."""
    rows = StepCount.objects.values_list("kind", "place", "reason", "count")
    return {CountedAs(StepKind(kind), Place(place), reason): count for kind, place, reason, count in rows}


def mailboxes_of(message_ids: Collection[str]) -> Iterator[tuple[str, str]]:
    """(mailbox, Message-ID) for each filing or copy of one of these messages; pairs may repeat."""
    for batch in batched(message_ids, MAX_MESSAGES):
        rows = MessageStep.objects.filter(
            message_id__in=batch, engine=Engine.DOVECOT, kind__in=(StepKind.FILED, StepKind.COPIED)
        )
        for mailbox, message_id in rows.values_list("recipient", "message_id").iterator():
            if mailbox and message_id:
                yield mailbox, message_id


def queue_ids_of_sender(sender: str, since: datetime) -> set[str]:
    """The queue identifiers of what an envelope sender sent since that moment."""
    queued = MessageStep.objects.filter(
        sender__in={sender, sender.lower()}, at__gte=since, kind=StepKind.QUEUED, queue_id__isnull=False
    )
    return {queue_id for queue_id in queued.values_list("queue_id", flat=True).iterator() if queue_id}


def senders_by_queue_id(message_id: str) -> dict[str, str]:
    """Queue identifier → envelope sender (empty: none) of every message that came with that Message-ID."""
    bracketed = f"<{message_id.strip().strip('<>')}>"
    identified = MessageStep.objects.filter(
        message_id__in=(bracketed, bracketed[1:-1]), kind=StepKind.IDENTIFIED, queue_id__isnull=False
    )
    queue_ids = set(identified.values_list("queue_id", flat=True))
    senders = {queue_id: "" for queue_id in queue_ids if queue_id}
    for batch in batched(sorted(senders), MAX_MESSAGES):
        queued = MessageStep.objects.filter(queue_id__in=batch, kind=StepKind.QUEUED)
        senders.update((id_ or "", sender or "") for id_, sender in queued.values_list("queue_id", "sender"))
    return senders


def steps_by_queue_id(queue_ids: Collection[str], *kinds: StepKind) -> Iterator[Step]:
    """The steps of these kinds of these messages of the queue, in no order."""
    for batch in batched(sorted(queue_ids), MAX_MESSAGES):
        yield from map(step_of_row, MessageStep.objects.filter(queue_id__in=batch, kind__in=kinds).iterator())


def log_reached_at(name: str) -> datetime | None:
    """When that log was last read to its end, on every machine that has one; None if one never was."""
    moments = list(_logs(name).values_list("reached_at", flat=True))
    reached = [moment for moment in moments if moment]
    return min(reached) if reached and len(reached) == len(moments) else None


def log_line_at(name: str) -> datetime | None:
    """When the last line read of that log was written: of several machines' logs, of the one behind."""
    moments = list(_logs(name).values_list("line_at", flat=True))
    written = [moment for moment in moments if moment]
    return min(written) if written and len(written) == len(moments) else None


def was_log_silent(name: str, since: datetime, until: datetime) -> bool:
    """Whether that log, of any machine, gained nothing for minutes in between while its engine ran."""
    return _logs(name).filter(silent_from__lt=until, silent_until__gt=since).exists()


def _logs(name: str) -> QuerySet[LogCursor]:
    return LogCursor.objects.filter(Q(pk=name) | Q(pk__startswith=f"{name}@"))


def message_ids_taken_up_again(queue_ids: Collection[str]) -> dict[str, str]:
    """Queue identifier → Message-ID, for those that were in the queue more than once, a start included."""
    message_ids: dict[str, str] = {}
    for batch in batched(queue_ids, MAX_MESSAGES, strict=False):
        steps = MessageStep.objects.filter(queue_id__in=batch)
        active = steps.filter(kind=StepKind.QUEUED).order_by().values("queue_id")
        repeated_ids = (
            active.annotate(times=Count("number")).filter(times__gt=1).values_list("queue_id", flat=True)
        )
        # a start names what it finds in the queue, which counts as once: it may have been delivered
        message_ids.update(_named(MessageStep.objects.filter(queue_id__in=list(repeated_ids))))
    return message_ids


def sent_again(delivered: Collection[tuple[str, str]]) -> set[Resent]:
    """What they got twice whose sender may not have heard that it was taken.

    `delivered`: (queue identifier, recipient).
    """
    resent: set[Resent] = set()
    for batch in batched(delivered, MAX_MESSAGES, strict=False):
        ours = _named(MessageStep.objects.filter(queue_id__in={queue_id for queue_id, _ in batch}))
        equal = MessageStep.objects.filter(message_id__in=set(ours.values()))
        outlived = _named(equal.filter(kind=StepKind.QUEUED))  # its Message-ID: logged by a start alone
        for queue_id, recipient in batch:
            message_id = ours.get(queue_id, "")
            if message_id in outlived.values():
                same = MessageStep.objects.filter(message_id=message_id).values("queue_id")
                took = MessageStep.objects.filter(
                    kind=StepKind.DELIVERED, queue_id__in=same, recipient=recipient
                )
                twice = {str(taken) for taken in took.values_list("queue_id", flat=True)}
                if len(twice) > 1:
                    resent.update(Resent(recipient, message_id, first) for first in twice & outlived.keys())
    return resent


def _named(steps: "QuerySet[MessageStep]") -> dict[str, str]:
    """Queue identifier → Message-ID."""
    named = steps.filter(kind__in=(StepKind.IDENTIFIED, StepKind.QUEUED))
    return {key: name for key, name in named.values_list("queue_id", "message_id") if key and name}


def _bounds(day: date) -> tuple[datetime, datetime]:
    """The first moment of a day in Paris, and of the next."""
    return datetime.combine(day, time(), PARIS), datetime.combine(day + timedelta(days=1), time(), PARIS)


def _rows_of_queue(
    rows: Iterable[MessageStep], *, nameless: bool = True
) -> "QuerySet[MessageStep] | tuple[()]":
    """The steps of the same messages, by queue identifier; if `nameless`, only those without Message-ID."""
    first_seen: dict[str, datetime] = {}
    for row in rows:
        if row.queue_id:
            first_seen.setdefault(row.queue_id, row.at)
    if not first_seen:
        return ()
    steps = MessageStep.objects.filter(
        queue_id__in=list(first_seen)[:MAX_MESSAGES],
        at__gte=min(first_seen.values()) - timedelta(days=1),
        at__lt=max(first_seen.values()) + LIFETIME,
    )
    if nameless:
        steps = steps.filter(message_id__isnull=True)
    return steps.order_by("at", "number")[:MAX_STEPS]


def _with_senders(rows: Collection[MessageStep]) -> list[Step]:
    """The steps, each with the envelope sender that the queue manager noted."""
    queue_ids = {row.queue_id for row in rows if row.queue_id and not row.sender}
    senders: dict[str | None, str | None] = {}
    if queue_ids:
        queued = MessageStep.objects.filter(
            queue_id__in=list(queue_ids)[:MAX_STEPS],
            kind=StepKind.QUEUED,
            at__gte=min(row.at for row in rows) - LIFETIME,
            at__lte=max(row.at for row in rows),
        )
        senders = dict(queued.values_list("queue_id", "sender"))
    return [step_of_row(row, senders.get(row.queue_id) if row.queue_id else None) for row in rows]


def step_of_row(row: MessageStep, sender: str | None = None) -> Step:
    """`sender`: of the message, where the row has none."""
    return Step(
        at=row.at,
        engine=Engine(row.engine),
        kind=StepKind(row.kind),
        queue_id=row.queue_id or "",
        message_id=row.message_id or "",
        sender=row.sender or sender or "",
        recipient=row.recipient or "",
        relay=row.relay or "",
        status=row.status or "",
        detail=row.detail or "",
    )
