"""Answers to many that answer each other: from some number on, the next wait (docs/security.md §3.28)."""

from datetime import datetime, timedelta

BROAD = 50  # recipients from which an answer to all counts
CALM = 5  # such answers an hour, in one conversation, that leave at once
WINDOW = timedelta(hours=1)
PAUSE = timedelta(minutes=15)


def is_broad(mode: str, recipients: int) -> bool:
    return mode == "reply-all" and recipients >= BROAD


def damped(due_at: datetime, *, now: datetime, recent: int) -> datetime:
    """When an answer to many leaves, `recent` others having left within the hour."""
    return due_at if recent < CALM else max(due_at, now + PAUSE)
