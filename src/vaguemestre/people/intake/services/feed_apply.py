"""Apply a feed in durable batches: an import may stop anywhere and be run again."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db import IntegrityError, transaction

from vaguemestre.foundation.jobs.batches import write_batches
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory.services import describe_structures
from vaguemestre.people.directory.values import Place
from vaguemestre.people.intake.feed_parsers import hr
from vaguemestre.people.intake.models import Feed
from vaguemestre.people.intake.services.feed_check import (
    compare_feed,
    read_places,
    receive_feed,
    with_recent_departures,
)
from vaguemestre.people.intake.services.feed_records import (
    create_feed,
    finish_feed,
    save_match_candidates,
    save_plan,
)
from vaguemestre.people.intake.services.held.files import write_held_files
from vaguemestre.people.intake.services.import_context import (
    CheckedFeed,
    FeedFiles,
    ImportContext,
    Progress,
    ReceivedFeed,
    import_lock,
)
from vaguemestre.people.intake.services.plan_apply import RegisteredMeanwhile, apply_batches
from vaguemestre.people.intake.services.reception import with_order_check
from vaguemestre.people.intake.values import ImportTerms

_MAX_ATTEMPTS = 3
_BATCH_PLACES = 500


def apply_feed(
    files: FeedFiles,
    context: ImportContext,
    terms: ImportTerms,
    *,
    now: datetime,
    progress: Progress,
    planned: Callable[[CheckedFeed], None] = lambda _: None,
) -> CheckedFeed:
    """Check the feed, pass the result to `planned`, then apply it in batches; returns what was applied.

    Interrupted anywhere and run again, it ends the same. A feed refused whole is held, sealed, with its plan,
    until an administrator decides. Raises Refusal `intake.feed-refused` (with the plan's own reason),
    `intake.import-running`, and those of `check_feed`.
    """
    with import_lock(context.lock):
        source = receive_feed(files, context, now)
        terms = with_recent_departures(terms, context.academy_id, now)
        sheet, places = hr.open_sheet(source.content), read_places(files)
        checked = compare_feed(sheet, places, context, terms)
        plan = with_order_check(checked.plan, context.academy_id, source.received, terms)
        checked = replace(checked, plan=plan)
        planned(checked)
        if plan.refusal:
            _hold_feed(source, checked, context, terms, now)
            raise Refusal("intake.feed-refused", reason=plan.refusal)
        feed = create_feed(source, plan, context, terms, now)
        apply_plan(
            feed,
            checked,
            lambda: compare_feed(sheet, places, context, terms),
            context,
            now=now,
            today=terms.today,
            progress=progress,
        )
    return checked


def apply_plan(
    feed: Feed,
    checked: CheckedFeed,
    check_again: Callable[[], CheckedFeed],
    context: ImportContext,
    *,
    now: datetime,
    today: date,
    progress: Progress,
) -> None:
    """Apply the plan of a feed whose row exists, in batches. The caller holds the lock."""
    _write_places(context, (*checked.places, *_undescribed_places(checked)))
    pending = checked
    for attempt in range(_MAX_ATTEMPTS):
        try:
            apply_batches(feed, pending, context, now=now, progress=progress)
            break
        except (IntegrityError, RegisteredMeanwhile):
            # Somebody was registered, named or numbered meanwhile, maybe one of these people: compare again.
            if attempt == _MAX_ATTEMPTS - 1:
                raise
            pending = check_again()
            save_match_candidates(feed, pending.plan, context, now)
    finish_feed(feed, checked.plan, context, now, today)


def _undescribed_places(checked: CheckedFeed) -> list[Place]:
    """Establishments the feed names and no file describes: known by their code only."""
    described = {place.uai for place in checked.places}
    return [Place(uai) for uai in sorted(checked.plan.uais - described)]


def _write_places(context: ImportContext, places: Sequence[Place]) -> None:
    for some in write_batches(places, _BATCH_PLACES):
        with transaction.atomic(durable=True):
            describe_structures(context.academy_id, some)


def _hold_feed(
    source: ReceivedFeed, checked: CheckedFeed, context: ImportContext, terms: ImportTerms, now: datetime
) -> None:
    """Keep the sealed file beside its row and its plan; received again, it is only planned anew."""
    plan, changed = checked.plan, checked.changed_places
    waiting = Feed.objects.filter(academy_id=context.academy_id, decided_at=None).exclude(refusal="")
    same = waiting.filter(sha256=source.sha256, full_source=terms.full_source).first()
    if same:
        save_plan(same, plan, context, terms.today, now, changed_places=changed)
    feed = same or create_feed(source, plan, context, terms, now)
    content = source.content.read(0, source.content.size)
    write_held_files(feed.pk, content, source.files.structures or b"", context.keys)
    if not same:
        save_plan(feed, plan, context, terms.today, now, changed_places=changed)
