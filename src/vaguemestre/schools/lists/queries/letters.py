"""Letters of lists and their states."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from vaguemestre.schools.lists.models import ListLetter
from vaguemestre.schools.lists.values import LetterSummary, State

_DISTRIBUTED = (State.SENDING, State.SENT, State.STOPPED)


def pending_letters(list_id: int) -> tuple[LetterSummary, ...]:
    """Letters that await a decision, oldest first, then scheduled ones."""
    rows = ListLetter.objects.filter(list_id=list_id, state__in=(State.HELD, State.SCHEDULED))
    return _summaries(rows.order_by("state", "received_at")[:200])


def held_count(list_id: int) -> int:
    """How many letters of the list await a decision."""
    return ListLetter.objects.filter(list_id=list_id, state=State.HELD).count()


def distributed_letters(list_id: int, *, offset: int, limit: int) -> tuple[LetterSummary, ...]:
    """Letters that were accepted, newest first."""
    rows = ListLetter.objects.filter(list_id=list_id, state__in=_DISTRIBUTED)
    return _summaries(rows.order_by("-received_at", "-pk")[offset : offset + limit])


def refused_letters(list_id: int, *, limit: int = 30) -> tuple[LetterSummary, ...]:
    """The last refused letters, newest first."""
    rows = ListLetter.objects.filter(list_id=list_id, state=State.REFUSED)
    return _summaries(rows.order_by("-received_at", "-pk")[:limit])


def find_letter(list_id: int, public_id: str) -> ListLetter | None:
    return _with_list().filter(list_id=list_id, public_id=public_id).first()


def find_letter_by_public_id(public_id: str) -> ListLetter | None:
    return _with_list().filter(public_id=public_id).first()


def find_letter_by_id(letter_id: int) -> ListLetter | None:
    return _with_list().filter(pk=letter_id).first()


def letter_summary(row: ListLetter) -> LetterSummary:
    return _summaries(ListLetter.objects.filter(pk=row.pk))[0]


def is_distributed(row: ListLetter) -> bool:
    return row.state in _DISTRIBUTED


def count_recent_replies(list_id: int, references: Collection[str], now: datetime) -> int:
    """How many replies to one of those messages were accepted in the last hour."""
    if not references:
        return 0
    rows = ListLetter.objects.filter(
        list_id=list_id, state__in=_DISTRIBUTED, received_at__gt=now - timedelta(hours=1)
    )
    return rows.filter(root__in=references).count()


def stalled_letters(before: datetime) -> list[int]:
    """Letters without progress since then: their jobs were lost with a worker, or they are overdue."""
    stuck = Q(state=State.SENDING) & (
        Q(progressed_at__lt=before) | Q(progressed_at=None, decided_at__lt=before)
    )
    overdue = Q(state=State.SCHEDULED, due_at__lt=before)
    return list(ListLetter.objects.filter(stuck | overdue).values_list("pk", flat=True))


def _with_list() -> QuerySet[ListLetter]:
    return ListLetter.objects.select_related("list__account")


def _summaries(rows: QuerySet[ListLetter]) -> tuple[LetterSummary, ...]:
    return tuple(
        LetterSummary(
            letter_id=row.pk,
            public_id=str(row.public_id),
            sender=row.sender,
            sender_name=row.sender_name,
            subject=row.subject,
            state=State(row.state),
            reason=row.reason,
            received_at=row.received_at,
            due_at=row.due_at,
            size=row.size,
            recipients=row.recipients,
            decided_by=_decider_name(row),
            note=row.note,
            tells_author=row.author_id is not None,
        )
        for row in rows.select_related("decided_by__person")
    )


def _decider_name(row: ListLetter) -> str:
    if row.decided_by is None or row.decided_by.person is None:
        return ""
    return row.decided_by.person.shown_name
