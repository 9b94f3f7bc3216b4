"""What the worker of long work does with a feed that was confirmed, or whose plan is asked for again."""

import contextlib
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.intake import queries, services
from vaguemestre.people.intake.events import FeedConfirmed, PlanAsked
from vaguemestre.people.intake.ports import closing_days
from vaguemestre.people.intake.queries import FeedShown
from vaguemestre.people.intake.services import Setting
from vaguemestre.people.intake.values import Terms

_DONE = frozenset({"intake.plan-stale", "intake.feed-decided"})  # the page of the feed says what happened


def apply_confirmed(event: FeedConfirmed) -> None:
    """Run twice, or after an interruption: the same end. A plan that is stale waits again, made anew."""
    feed = queries.feed_shown(event.feed_id)
    if feed is None:
        return
    now = timezone.now()
    with _told_on_the_page():
        services.apply_held(event.feed_id, setting_of(feed), terms_of(feed, now), now=now)


def make_plan(event: PlanAsked) -> None:
    """Run twice: the plan of the second time."""
    feed = queries.feed_shown(event.feed_id)
    if feed is None:
        return
    now = timezone.now()
    with _told_on_the_page():
        services.plan_again(event.feed_id, setting_of(feed), terms_of(feed, now), now=now)


def setting_of(feed: FeedShown) -> Setting:
    """Where and on whose account a feed that waits is applied."""
    config = settings.CONFIG
    return Setting(
        feed.academy_id,
        numen_keys.get(),
        config.mail.quota_mb,
        feed.confirmed_by,
        config.data_dir / "feed.lock",
        closing_days.get(),
    )


def terms_of(feed: FeedShown, now: datetime) -> Terms:
    """How it is read today, for its own source."""
    told = settings.CONFIG.feed
    return Terms(
        paris_day(now),
        told.grace_days,
        told.closure_limit_percent,
        feed.full_source,
        refusal_limit_percent=told.refusal_limit_percent,
    )


@contextlib.contextmanager
def _told_on_the_page() -> Iterator[None]:
    try:
        yield
    except Refusal as refusal:
        if refusal.code not in _DONE:
            raise
