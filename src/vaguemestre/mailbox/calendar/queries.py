"""Reads of answers to invitations."""

from datetime import datetime

from vaguemestre.mailbox.calendar.models import Engagement
from vaguemestre.mailbox.calendar.values import Answer, Clash


def answer_to(account_id: int, uid: str) -> Answer | None:
    """The person's last answer to that event; None without one."""
    rows = Engagement.objects.filter(account_id=account_id, uid=uid[:255])
    answer = rows.values_list("answer", flat=True).first()
    return Answer(answer) if answer else None


def clashes(account_id: int, uid: str, starts: datetime, ends: datetime) -> tuple[Clash, ...]:
    """Events accepted, even tentatively, that overlap another one; three at most."""
    rows = (
        Engagement.objects.filter(account_id=account_id, starts__lt=ends, ends__gt=starts)
        .exclude(uid=uid[:255])
        .exclude(answer=Answer.DECLINED.value)
        .order_by("starts")[:3]
    )
    return tuple(Clash(row.title, row.starts, row.ends) for row in rows)
