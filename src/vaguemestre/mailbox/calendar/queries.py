"""Reads of answers to invitations."""

from datetime import datetime

from django.db.models import Q

from vaguemestre.mailbox.calendar.models import CANCELLED, UNANSWERED, Engagement
from vaguemestre.mailbox.calendar.values import Answer, Clash, Event, GivenAnswer, Revision


def answer_to(account_id: int, event: Event) -> GivenAnswer | None:
    """What the person knows of that event: the last answer, later revisions; None without anything."""
    row = row_of(account_id, event)
    if row is None:
        return None
    moved = None
    if row.moved_sequence is not None and row.moved_starts and row.moved_ends:
        moved = Revision(row.moved_sequence, row.moved_starts, row.moved_ends)
    return GivenAnswer(
        None if row.answer in {CANCELLED, UNANSWERED} else Answer(row.answer),
        row.starts,
        row.ends,
        row.sequence,
        is_cancelled=row.answer == CANCELLED,
        moved=moved,
        is_proved=bool(row.is_proved),
    )


def row_of(account_id: int, event: Event) -> Engagement | None:
    """The event's row; one that has the UID alone is anybody's."""
    rows = {row.uid: row for row in Engagement.objects.filter(account_id=account_id, uid__in=event.keys)}
    return next((rows[key] for key in event.keys if key in rows), None)


def clashes(account_id: int, event: Event, starts: datetime, ends: datetime) -> tuple[Clash, ...]:
    """Other events accepted, even tentatively, that overlap; none moved since; three at most."""
    rows = (
        Engagement.objects.filter(account_id=account_id, starts__lt=ends, ends__gt=starts)
        .exclude(uid__in=event.keys)
        .exclude(answer__in=(Answer.DECLINED.value, CANCELLED, UNANSWERED))
        .filter(Q(moved_starts=None) | Q(moved_starts__lt=ends, moved_ends__gt=starts))
        .order_by("starts")[:3]
    )
    return tuple(Clash(row.title, row.starts, row.ends) for row in rows)
