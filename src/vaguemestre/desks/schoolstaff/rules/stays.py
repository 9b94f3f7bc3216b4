"""Contracts and posts that follow each other in one establishment, as one stay."""

from collections.abc import Iterable
from datetime import date, timedelta

from vaguemestre.desks.schoolstaff.values import Stay

MAX_DAYS_BETWEEN = timedelta(days=62)  # a contract ends before the summer, the next one begins after it


def stay_on(posts: Iterable[Stay], day: date, until: date) -> Stay | None:
    """The stay of somebody who serves on `day`, or begins by `until`; None if they do neither.

    Posts with at most `MAX_DAYS_BETWEEN` between them are one stay, future ones included.
    """
    ordered = sorted(posts, key=lambda post: post.since)
    if not any(post.since <= until and (post.until is None or post.until >= day) for post in ordered):
        return None
    stays: list[Stay] = []
    for post in ordered:
        if stays and _follows(stays[-1], post):
            stays[-1] = Stay(stays[-1].since, _later(stays[-1].until, post.until))
        else:
            stays.append(post)
    return next(stay for stay in stays if stay.until is None or stay.until >= day)


def ending_by(stay: Stay, leaves_on: date | None) -> Stay:
    """The stay, that a declared departure ends sooner than the posts say."""
    if leaves_on is None or (stay.until is not None and stay.until <= leaves_on):
        return stay
    return Stay(stay.since, leaves_on)


def _follows(before: Stay, post: Stay) -> bool:
    return before.until is None or post.since - before.until <= MAX_DAYS_BETWEEN


def _later(one: date | None, other: date | None) -> date | None:
    return None if one is None or other is None else max(one, other)
