"""Queries on outgoing messages, submissions and delivery statuses."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet

from vaguemestre.foundation.cluster.frequent_queries import FrequentQuery
from vaguemestre.post.outbox.models import OutboxMessage, RecipientStatus, SenderState, Submission
from vaguemestre.post.outbox.rules.hours import UNDO_CHOICES
from vaguemestre.post.outbox.rules.reasons import delivery_reason
from vaguemestre.post.outbox.rules.series import AUTHOR_REASONS, series_of
from vaguemestre.post.outbox.values import (
    DeliveryState,
    DeliveryStatus,
    FailedDelivery,
    HoldState,
    Origin,
    OutgoingMessage,
    SendingPreferences,
    SubmittedMessage,
)

_State = OutboxMessage.State
_FAILED = (DeliveryState.REFUSED, DeliveryState.DELAYED)
_ENDED = (_State.FILED, _State.CANCELLED, _State.REFUSED)

# Columns of OutgoingMessage: the contents of the message stay in the database.
_LISTED = (
    "pk",
    "key",
    "message_id",
    "state",
    "due_at",
    "recipients",
    "subject",
    "reason",
    "created_at",
    "submitted_at",
    "filed_at",
)


def find_outgoing(account_id: int, key: str) -> OutgoingMessage | None:
    row = OutboxMessage.objects.filter(account_id=account_id, key=key).only(*_LISTED).first()
    return _outgoing_message(row) if row else None


def refused_content(account_id: int, key: str) -> bytes:
    """Text (RFC 5322) of a refused message that has no draft; empty for any other."""
    rows = OutboxMessage.objects.filter(account_id=account_id, key=key, state=_State.REFUSED)
    return bytes(rows.values_list("content", flat=True).first() or b"")


_RECIPIENTS = FrequentQuery(
    lambda account_id, key: OutboxMessage.objects.filter(account_id=account_id, key=key).values_list(
        "recipients"
    ),
    -1,
    "key",
)


def recipients_of_outgoing(account_id: int, key: str) -> tuple[str, ...]:
    """Addresses of a message of the outbox; none if there is no such message."""
    return next((tuple(recipients) for (recipients,) in _RECIPIENTS.rows(account_id, key)), ())


def find_outgoing_by_message_id(account_id: int, message_id: str) -> OutgoingMessage | None:
    """The message of that Message-ID while it is, or was, in the account's outbox."""
    row = OutboxMessage.objects.filter(account_id=account_id, message_id=message_id).only(*_LISTED).first()
    return _outgoing_message(row) if row else None


def waiting_messages(account_id: int, *, limit: int = 200) -> tuple[OutgoingMessage, ...]:
    """Messages held, queued or refused, by due date. Neither sent nor cancelled ones."""
    states = (_State.HELD, _State.QUEUED, _State.REFUSED)
    rows = OutboxMessage.objects.filter(account_id=account_id, state__in=states).only(*_LISTED)
    return tuple(_outgoing_message(row) for row in rows.order_by("due_at")[:limit])


def count_unfinished_by_state() -> dict[str, int]:
    """State → count of messages of all accounts, for each state that is not final."""
    states = [state for state in _State if state not in _ENDED]
    rows = OutboxMessage.objects.filter(state__in=states).values_list("state").annotate(count=Count("pk"))
    return {**{state.value: 0 for state in states}, **dict(rows)}


def longest_overdue(now: datetime) -> timedelta:
    """How long ago the oldest message that waits for its submission was due; zero if none.

    A message is held until a worker begins with it: where none does, it still is.
    """
    waiting = OutboxMessage.objects.filter(state__in=(_State.HELD, _State.QUEUED), due_at__lt=now)
    first = waiting.aggregate(first=Min("due_at"))["first"]
    return now - first if first else timedelta()


def count_on_hold(account_id: int) -> int:
    """How many messages of an account await a decision: stopped in the outbox, or held at submission."""
    stopped = OutboxMessage.objects.filter(account_id=account_id, state=_State.STOPPED).count()
    return stopped + _held(account_id).count()


def copies_in_flight(account_id: int, key: str) -> int:
    """Count of messages whose keys begin with `key.` and that are neither filed, cancelled nor refused."""
    copies = OutboxMessage.objects.filter(account_id=account_id, key__startswith=f"{key}.")
    return copies.exclude(state__in=_ENDED).count()


def copies_by_state(account_id: int, key: str) -> dict[str, int]:
    """State → count, of the messages whose keys begin with `key.`."""
    copies = OutboxMessage.objects.filter(account_id=account_id, key__startswith=f"{key}.")
    return dict(copies.values_list("state").annotate(count=Count("pk")).values_list("state", "count"))


def count_withdrawn_copies(account_id: int, key: str) -> int:
    """How many of them were withdrawn because of their author: whoever resumes the mailing sends them."""
    copies = OutboxMessage.objects.filter(account_id=account_id, key__startswith=f"{key}.")
    return copies.filter(state=OutboxMessage.State.REFUSED, reason__in=AUTHOR_REASONS).count()


def recent_failures(account_id: int, since: datetime, *, limit: int) -> list[FailedDelivery]:
    """Deliveries of an account that failed or were delayed, newest first."""
    rows = RecipientStatus.objects.filter(
        submission__account_id=account_id, state__in=_FAILED, at__gte=since
    ).order_by("-at")
    return [
        FailedDelivery(*row) for row in rows.values_list("at", "recipient", "status", "diagnostic")[:limit]
    ]


def submissions_of(
    account_id: int, *, limit: int, before: int = 0, search: str = ""
) -> tuple[SubmittedMessage, ...]:
    """Messages the person submitted from any client, newest first, with their statuses.

    `before`: id of the one they come after in that order; 0, or one that is not theirs, for the newest.
    """
    rows = Submission.objects.filter(account_id=account_id, origin=Origin.SUBMITTED)
    if at := rows.filter(pk=before).values_list("at", flat=True).first():
        rows = rows.filter(Q(at__lt=at) | Q(at=at, pk__lt=before))
    for word in search.split()[:6]:
        rows = rows.filter(Q(subject__icontains=word) | Q(recipients__icontains=word))
    return _submitted_messages(rows.order_by("-at", "-pk")[:limit])


def submissions_of_message(account_id: int, message_id: str) -> tuple[SubmittedMessage, ...]:
    """Every submission of that Message-ID, oldest first."""
    rows = Submission.objects.filter(account_id=account_id, message_id=message_id[:255])
    return _submitted_messages(rows.order_by("at", "pk")[:50])


def submitted_recipients(message_id: str, sender: str) -> frozenset[str]:
    """Recipients, lower case, to whom a client submitted that message with that envelope sender.

    Neither redirects nor replies of Sieve scripts count.
    """
    if not message_id or not sender:
        return frozenset()
    rows = Submission.objects.filter(
        message_id=message_id[:255], sender__iexact=sender[:254], origin=Origin.SUBMITTED
    )
    lists = rows.values_list("recipients", flat=True)
    return frozenset(recipient.lower() for recipients in lists for recipient in recipients)


def held_submissions(account_id: int) -> tuple[SubmittedMessage, ...]:
    """Submissions that await the account's confirmation, oldest first."""
    return _submitted_messages(_held(account_id).order_by("at", "pk")[:500])


def first_held_id(account_id: int) -> int | None:
    """Id of the oldest held submission."""
    return _held(account_id).order_by("at", "pk").values_list("pk", flat=True).first()


def is_held_back(account_id: int, key: str) -> bool:
    """Whether that message of the outbox was submitted, and awaits the account's confirmation."""
    ids = OutboxMessage.objects.filter(account_id=account_id, key=key).values("message_id")
    return _held(account_id).filter(message_id__in=ids).exists()


def has_held(account_id: int) -> bool:
    return _held(account_id).exists()


def count_recipients_by_state(
    account_id: int, sender_prefix: str, *, since: datetime | None = None
) -> dict[str, int]:
    """DeliveryState → recipients, over submissions whose envelope sender has that prefix, from `since` on."""
    rows = RecipientStatus.objects.filter(
        submission__account_id=account_id, submission__sender__startswith=sender_prefix
    )
    if since is not None:
        rows = rows.filter(submission__at__gte=since)
    return dict(rows.values_list("state").annotate(count=Count("pk")).values_list("state", "count"))


def delivery_statuses(
    account_id: int, sender_prefix: str, recipients: Collection[str]
) -> dict[str, DeliveryStatus]:
    """Recipient → status, over the account's submissions whose envelope sender has that prefix."""
    rows = RecipientStatus.objects.filter(
        submission__account_id=account_id,
        submission__sender__startswith=sender_prefix,
        recipient__in=[recipient.lower() for recipient in recipients],
    )
    return {row.recipient: _delivery_status(row) for row in rows}


def sending_preferences(account_id: int, *, undo_seconds: int) -> SendingPreferences:
    """The account's choices; `undo_seconds` is the académie's, used when the account chose none."""
    row = SenderState.objects.filter(account_id=account_id).first()
    if row is None:
        return SendingPreferences(undo_seconds, offers_quiet_hours=True)
    choice = row.undo_seconds if row.undo_seconds in UNDO_CHOICES else None
    return SendingPreferences(undo_seconds if choice is None else choice, row.offers_quiet_hours)


def held_queue_ids(queue_ids: Collection[str]) -> set[str]:
    """Which of these messages of the queue the submission policy holds for a decision."""
    rows = Submission.objects.filter(hold=HoldState.HELD, queue_id__in=list(queue_ids))
    return set(rows.values_list("queue_id", flat=True))


def queue_ids_of_submission(message_id: str) -> set[str]:
    """Queue identifiers under which the submission policy accepted or held a message."""
    submissions = Submission.objects.filter(message_id=message_id[:255])
    return set(submissions.values_list("queue_id", flat=True))


def _held(account_id: int) -> QuerySet[Submission]:
    return Submission.objects.filter(account_id=account_id, hold=HoldState.HELD)


def _submitted_messages(submissions: QuerySet[Submission]) -> tuple[SubmittedMessage, ...]:
    rows = list(submissions)
    statuses: dict[int, dict[str, RecipientStatus]] = defaultdict(dict)
    for status in RecipientStatus.objects.filter(submission_id__in=[row.pk for row in rows]):
        statuses[status.submission_id][status.recipient.lower()] = status
    return tuple(_submitted_message(row, statuses[row.pk]) for row in rows)


def _submitted_message(row: Submission, by_recipient: Mapping[str, RecipientStatus]) -> SubmittedMessage:
    """A recipient without a status of its own was accepted with the submission."""
    statuses = []
    for recipient in row.recipients:
        status = by_recipient.get(recipient.lower())
        if status is None:
            statuses.append(DeliveryStatus(recipient, DeliveryState.ACCEPTED, row.at))
            continue
        statuses.append(replace(_delivery_status(status), recipient=recipient))
    return SubmittedMessage(
        row.pk,
        row.message_id,
        row.subject,
        row.sender,
        row.at,
        HoldState(row.hold),
        row.hold_code,
        tuple(statuses),
    )


def _delivery_status(row: RecipientStatus) -> DeliveryStatus:
    state = DeliveryState(row.state)
    has_failed = state in _FAILED
    reason = delivery_reason(row.status, row.diagnostic) if has_failed else ""
    return DeliveryStatus(row.recipient, state, row.at, reason, row.diagnostic if has_failed else "")


def _outgoing_message(row: OutboxMessage) -> OutgoingMessage:
    reason, _, about = row.reason.partition(" ")
    return OutgoingMessage(
        id=row.pk,
        key=row.key,
        state=_State(row.state),
        due_at=row.due_at,
        recipients=tuple(row.recipients),
        subject=row.subject,
        reason=reason,
        about=about,
        created_at=row.created_at,
        submitted_at=row.submitted_at,
        filed_at=row.filed_at,
        is_copy=bool(series_of(row.message_id)),
    )
