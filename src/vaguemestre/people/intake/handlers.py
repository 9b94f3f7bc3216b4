"""Jobs of the long-work worker: apply a confirmed feed, plan a held one again."""

import contextlib
import shutil
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.directory.queries import academy_domain
from vaguemestre.people.intake import queries, services
from vaguemestre.people.intake.events import FeedConfirmed, PlanRequested
from vaguemestre.people.intake.ports import closing_days
from vaguemestre.people.intake.queries import FeedSummary
from vaguemestre.people.intake.services import ImportContext
from vaguemestre.people.intake.values import ImportTerms

_SHOWN_ON_PAGE = frozenset(
    {"intake.plan-stale", "intake.feed-decided"}
)  # the page of the feed explains these


def apply_confirmed(event: FeedConfirmed) -> None:
    """Apply a confirmed feed. Idempotent; a stale plan is made again and held."""
    feed = queries.feed_summary(event.feed_id)
    if feed is None:
        return
    now = timezone.now()
    with _refusals_shown_on_page():
        services.apply_held_feed(event.feed_id, import_context_of(feed), import_terms_of(feed, now), now=now)


def rebuild_requested_plan(event: PlanRequested) -> None:
    """Make the plan of a held feed again; an uploaded file that cannot be used is closed. Idempotent."""
    feed = queries.feed_summary(event.feed_id)
    if feed is None:
        return
    now, context = timezone.now(), import_context_of(feed)
    with _refusals_shown_on_page():
        try:
            services.rebuild_plan(event.feed_id, context, import_terms_of(feed, now), now=now)
        except Refusal as refusal:
            if not (feed.is_uploaded and refusal.code in services.FILE_REFUSALS):
                raise
            services.drop_unusable_upload(event.feed_id, sentence(refusal), now=now)


def purge_old_lines() -> None:
    """Periodic task: delete the lines, plans and files of feeds whose retention is over."""
    config = settings.CONFIG
    services.delete_old_lines(config.retention.feeds_days, now=timezone.now())
    # Versions up to 0.2 held feeds there: the way back to them is over.
    shutil.rmtree(config.data_dir / "feeds", ignore_errors=True)


def import_context_of(feed: FeedSummary) -> ImportContext:
    """The import context of a held feed, on behalf of whoever confirmed it."""
    config = settings.CONFIG
    return ImportContext(
        feed.academy_id,
        numen_keys.get(),
        config.mail.quota_mb,
        feed.confirmed_by,
        config.data_dir / "feed.lock",
        closing_days.get(),
        keeps_usernames=config.academy_at(academy_domain(feed.academy_id)).username_on_arrival == "kept",
    )


def import_terms_of(feed: FeedSummary, now: datetime) -> ImportTerms:
    """The terms a held feed is read on now, for its own source."""
    config = settings.CONFIG.feed
    return ImportTerms(
        paris_day(now),
        config.grace_days,
        config.closure_limit_percent,
        feed.full_source,
        refusal_limit_percent=config.refusal_limit_percent,
    )


@contextlib.contextmanager
def _refusals_shown_on_page() -> Iterator[None]:
    """Drop the refusals that the page of the feed explains."""
    try:
        yield
    except Refusal as refusal:
        if refusal.code not in _SHOWN_ON_PAGE:
            raise
