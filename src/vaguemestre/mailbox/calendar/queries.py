"""Reads of answers to invitations."""

from datetime import datetime

from vaguemestre.mailbox.calendar.models import CANCELLED, Engagement
from vaguemestre.mailbox.calendar.values import Answer, Clash, GivenAnswer


def answer_to(account_id: int, uid: str) -> GivenAnswer | None:
    """The person's last answer to that event; None without one."""
    row = Engagement.objects.filter(account_id=account_id, uid=uid[:255]).first()
    if row is None:
        return None
    answer = None if row.answer == CANCELLED else Answer(row.answer)
    return GivenAnswer(answer, row.starts, row.ends, row.sequence)


def clashes(account_id: int, uid: str, starts: datetime, ends: datetime) -> tuple[Clash, ...]:
    """Events accepted, even tentatively, that overlap another one; three at most."""
    rows = (
        Engagement.objects.filter(account_id=account_id, starts__lt=ends, ends__gt=starts)
        .exclude(uid=uid[:255])
        .exclude(answer__in=(Answer.DECLINED.value, CANCELLED))
        .order_by("starts")[:3]
    )
    return tuple(Clash(row.title, row.starts, row.ends) for row in rows)
