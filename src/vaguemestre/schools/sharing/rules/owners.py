"""Ownership of a school's mailbox: it follows the post of head (docs/domain.md §2.4)."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from vaguemestre.foundation.kernel.times import PARIS
from vaguemestre.schools.sharing.values import LeadershipPost

HEADS = ("DIR",)
DEPUTIES = ("004",)  # the corps of heads and their deputies


def owners_on(posts: Iterable[LeadershipPost], day: date, early_days: int) -> dict[int, date | None]:
    """The owners that day: person → last day of ownership, None if not known.

    Heads in post, and heads who start within `early_days`. Deputies too while no head is in post.
    """
    current = [post for post in posts if post.ends_on is None or post.ends_on >= day]
    heads = [post for post in current if post.is_head]
    serving = [post for post in heads if post.starts_on <= day]
    coming = [post for post in heads if day < post.starts_on <= day + timedelta(days=early_days)]
    deputies = [] if serving else [post for post in current if not post.is_head and post.starts_on <= day]
    last_days: dict[int, date | None] = {}
    for post in (*serving, *coming, *deputies):
        if post.person_id in last_days:
            last_days[post.person_id] = _later(last_days[post.person_id], post.ends_on)
        else:
            last_days[post.person_id] = post.ends_on
    return last_days


def recent_leavers(posts: Iterable[LeadershipPost], day: date, days: int) -> dict[int, date]:
    """Person → last day there, for those whose every post there ended within the last `days`."""
    last: dict[int, date | None] = {}
    for post in posts:
        previous = last.get(post.person_id, date.min)
        last[post.person_id] = max(previous, post.ends_on) if previous and post.ends_on else None
    limit = day - timedelta(days=days)
    return {person: end for person, end in last.items() if end and limit <= end < day}


def last_day_after_post(last_day: date | None, since: date, kept_days: int) -> date | None:
    """The last day of access of a member added by hand while serving there, once they no longer do.

    None if they still serve, never served, or were added after they had left.
    """
    if last_day is None or since > last_day:
        return None
    return last_day + timedelta(days=kept_days)


def _later(first: date | None, second: date | None) -> date | None:
    return max(first, second) if first and second else None


def end_of_day(day: date) -> datetime:
    """The moment that day ends in Paris."""
    return start_of_day(day + timedelta(days=1))


def start_of_day(day: date) -> datetime:
    """The moment that day begins in Paris."""
    return datetime.combine(day, time(), PARIS)
