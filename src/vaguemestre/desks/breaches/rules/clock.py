"""The clock of a breach: 24 hours, 72 hours, one month (NIS 2 art. 23 §4; GDPR art. 33 §1)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from vaguemestre.desks.breaches.values import Deadline, DeadlineState, Notice, NoticeKind
from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.foundation.kernel.times import months_after

WARNING_WITHIN = timedelta(hours=24)
NOTIFICATION_WITHIN = timedelta(hours=72)
REPORT_MONTHS = 1  # after the notification was sent, or was due


def deadlines(known_at: datetime, notices: Iterable[Notice], *, now: datetime) -> tuple[Deadline, ...]:
    """The three deadlines in legal order, each with the date of its first notice."""
    sent: dict[NoticeKind, datetime] = {}
    for notice in sorted(notices, key=lambda notice: notice.sent_at):
        sent.setdefault(notice.kind, notice.sent_at)
    notified_by = known_at + NOTIFICATION_WITHIN
    notified_at = sent.get(NoticeKind.NOTIFICATION, notified_by)
    due = {
        NoticeKind.WARNING: known_at + WARNING_WITHIN,
        NoticeKind.NOTIFICATION: notified_by,
        NoticeKind.REPORT: _months_later(notified_at, REPORT_MONTHS),
    }
    return tuple(
        Deadline(kind, due_at, sent.get(kind), _state(due_at, sent.get(kind), now))
        for kind, due_at in due.items()
    )


def time_left_fr(due_at: datetime, now: datetime) -> str:
    """« reste 3 heures », « en retard de 2 jours »: the time to a deadline, in its largest whole unit."""
    span = abs(due_at - now)
    days, hours = span.days, span.seconds // 3600
    if days >= 2:
        amount = counted(days, "jour")
    elif hours or days:
        amount = counted(24 * days + hours, "heure")
    else:
        amount = counted(span.seconds // 60, "minute")
    return f"reste {amount}" if due_at > now else f"en retard de {amount}"


def _state(due_at: datetime, sent_at: datetime | None, now: datetime) -> DeadlineState:
    if sent_at is None:
        return DeadlineState.RUNNING if now <= due_at else DeadlineState.OVERDUE
    return DeadlineState.DONE if sent_at <= due_at else DeadlineState.DONE_LATE


def _months_later(moment: datetime, months: int) -> datetime:
    day = months_after(moment.date(), months)
    return moment.replace(year=day.year, month=day.month, day=day.day)
