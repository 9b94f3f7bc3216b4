"""Reply storms: delay broad replies once a conversation has too many (docs/security.md §3.28)."""

from datetime import datetime, timedelta

from vaguemestre.mailbox.compose.values import Mode

MIN_BROAD_RECIPIENTS = 50  # from which a reply to all counts
MAX_BROAD_REPLIES_AN_HOUR = 5  # in one conversation, sent at once
WINDOW = timedelta(hours=1)
PAUSE = timedelta(minutes=15)


def is_broad(mode: Mode, recipients: int) -> bool:
    """Whether it is a reply to all with many recipients."""
    return mode is Mode.REPLY_ALL and recipients >= MIN_BROAD_RECIPIENTS


def delayed_due_time(due_at: datetime, *, now: datetime, recent: int) -> datetime:
    """Sending time of a broad reply; `recent`: number of those within `WINDOW`."""
    return due_at if recent < MAX_BROAD_REPLIES_AN_HOUR else max(due_at, now + PAUSE)
