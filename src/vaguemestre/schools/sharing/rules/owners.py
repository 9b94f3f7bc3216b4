"""Whose mailbox a school's is: it follows the post (docs/domain.md §2.4)."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from vaguemestre.foundation.kernel.times import PARIS
from vaguemestre.schools.sharing.values import Served

HEADS = ("DIR",)
DEPUTIES = ("004",)  # the corps of heads and their deputies


def owners(posts: Iterable[Served], day: date, early_days: int) -> dict[int, date | None]:
    """Person → last day they own it (None: not known), for those who own it that day.

    Heads in post, and those who come within so many days, while the one who leaves still has it. While no
    head is in post, deputies as well. Nobody whose posts are over is among them.
    """
    known = [post for post in posts if post.ends_on is None or post.ends_on >= day]
    heads = [post for post in known if post.leads]
    serving = [post for post in heads if post.starts_on <= day]
    coming = [post for post in heads if day < post.starts_on <= day + timedelta(days=early_days)]
    deputies = [] if serving else [post for post in known if not post.leads and post.starts_on <= day]
    found: dict[int, date | None] = {}
    for post in (*serving, *coming, *deputies):
        if post.person_id in found:
            found[post.person_id] = _later(found[post.person_id], post.ends_on)
        else:
            found[post.person_id] = post.ends_on
    return found


def lately_left(posts: Iterable[Served], day: date, days: int) -> dict[int, date]:
    """Person → last day there, for those whose every post there ended within so many days."""
    last: dict[int, date | None] = {}
    for post in posts:
        known = last.get(post.person_id, date.min)
        last[post.person_id] = max(known, post.ends_on) if known and post.ends_on else None
    limit = day - timedelta(days=days)
    return {person: end for person, end in last.items() if end and limit <= end < day}


def over_on(last_day: date | None, since: date, kept_days: int) -> date | None:
    """The last day of somebody who was let in by hand while they served there, once they serve there no more.

    None while nothing says so: they still serve, never did, or were let in after they had left.
    """
    if last_day is None or since > last_day:
        return None
    return last_day + timedelta(days=kept_days)


def _later(one: date | None, other: date | None) -> date | None:
    return max(one, other) if one and other else None


def end_of(day: date) -> datetime:
    """The moment a day is over in Paris."""
    return start_of(day + timedelta(days=1))


def start_of(day: date) -> datetime:
    return datetime.combine(day, time(), PARIS)
