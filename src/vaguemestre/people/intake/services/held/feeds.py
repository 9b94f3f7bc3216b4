"""Held feeds (refused whole): confirmed by an administrator as shown, planned anew, or discarded."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Sum

from vaguemestre.foundation.cluster.locks import turn
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import feed_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.text.french_dates import dated_moment_fr, day_fr
from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.queries.roles import accounts_with_role
from vaguemestre.people.credentials.values import AccountRole
from vaguemestre.people.intake import queries
from vaguemestre.people.intake.events import FeedConfirmed, PlanRequested
from vaguemestre.people.intake.feed_parsers import hr
from vaguemestre.people.intake.feed_parsers.csv_lines import InMemory, Sheet
from vaguemestre.people.intake.models import Feed, PlannedRow
from vaguemestre.people.intake.rules.place_notices import opened_notices
from vaguemestre.people.intake.services.feed_apply import apply_plan
from vaguemestre.people.intake.services.feed_check import (
    compare_feed,
    new_places,
    read_places,
    with_recent_departures,
)
from vaguemestre.people.intake.services.feed_records import save_plan
from vaguemestre.people.intake.services.held.files import erase_held_files, has_held_files, read_held_files
from vaguemestre.people.intake.services.import_context import (
    CheckedFeed,
    FeedFiles,
    ImportContext,
    Progress,
    import_lock,
)
from vaguemestre.people.intake.services.plan_rows import plan_digest, plan_rows
from vaguemestre.people.intake.services.reception import with_order_check
from vaguemestre.people.intake.values import ImportTerms

ALONE_FOR = timedelta(hours=24)  # in which the departures confirmed by whoever gave the files are added
_PLAN_LIFE_DAYS = 7  # later, its days of departure and closing are out of date
_PLAN_CHANGED = "Ce que le fichier changerait n’est plus ce qui était montré : le plan a été refait."


def confirm_feed(
    feed_id: int,
    *,
    plan: str,
    departures: int | None,
    by: str,
    now: datetime,
    most_alone: int | None = None,
) -> FeedConfirmed:
    """Confirm a held feed as shown; the worker of long jobs applies it.

    `plan`: the digest of the plan shown. `departures`: how many people leave, as typed by the administrator.
    `most_alone`: how many departures whoever gave the files on a page confirms alone a day; None: any.
    Raises Refusal `intake.feed-decided` when the feed is not, or no longer, held, `intake.plan-replaced` when
    another plan was made since, `intake.plan-stale`, `intake.departures-wrong`, `intake.same-person`.
    """
    # one at a time: two pieces of a file would each be under the number
    with turn("intake.confirmations"), transaction.atomic(durable=True):
        feed = _checked_feed(feed_id, plan, departures, now)
        if most_alone is not None:
            _check_somebody_else(feed, by, most_alone, now)
        _record_decision(feed_id, by, now, plan=plan)
        record("intake.feed-confirmed", to=feed_subject(feed_id), by=by, at=now, departures=feed.departures)
        event = FeedConfirmed(feed_id)
        announce(event)
    return event


def _checked_feed(feed_id: int, plan: str, departures: int | None, now: datetime) -> queries.FeedSummary:
    """The held feed, if it is the one that was shown. Raises the first Refusals of `confirm_feed`."""
    feed = queries.feed_summary(feed_id)
    if feed is None or not feed.waits:
        raise Refusal("intake.feed-decided")
    if stale := stale_reason(feed, now):
        raise Refusal("intake.plan-stale", reason=stale)
    if plan != feed.plan_digest:
        raise Refusal("intake.plan-replaced")
    if feed.departures and departures != feed.departures:
        raise Refusal("intake.departures-wrong", departures=feed.departures)
    return feed


def _check_somebody_else(feed: queries.FeedSummary, by: str, most: int, now: datetime) -> None:
    """Check that nobody closes many accounts alone with their own files, if there is another administrator.

    Raises Refusal `intake.same-person`.
    """
    if not (feed.is_uploaded and feed.by == by and feed.departures):
        return
    own = Feed.objects.filter(academy_id=feed.academy_id, is_uploaded=True, by=by, confirmed_by=by)
    lately = own.filter(decided_at__gt=now - ALONE_FOR).aggregate(sum=Sum("departures"))["sum"] or 0
    if feed.departures + lately <= most:
        return
    if len(accounts_with_role(AccountRole.ADMINISTRATOR, limit=2, academy_id=feed.academy_id)) > 1:
        raise Refusal("intake.same-person", most=most)


def stale_reason(feed: queries.FeedSummary, now: datetime) -> str:
    """Why the plan of a held feed may not be confirmed (French); "" if it may."""
    if feed.planned_at is None:
        return "Le plan de ce fichier n’a pas été gardé."
    if now - feed.planned_at > timedelta(days=_PLAN_LIFE_DAYS):
        return (
            f"Ce plan date du {day_fr(paris_day(feed.planned_at))}, il y a plus de {_PLAN_LIFE_DAYS} jours."
        )
    newer = queries.feeds_applied_since(feed)
    if not newer:
        return ""
    last = newer[0].finished_at or newer[0].started_at
    touched = queries.people_changed_since(feed)
    people = f" et touche {counted(len(touched), 'personne')} de ce plan" if touched else ""
    return (
        f"Ce plan date du {dated_moment_fr(feed.planned_at)}. Un import plus récent a été appliqué "
        f"le {dated_moment_fr(last)}{people}."
    )


@transaction.atomic(durable=True)
def request_plan(feed_id: int, *, by: str, now: datetime) -> None:
    """Ask the worker of long jobs to make the plan of a held feed again.

    Raises Refusal `intake.feed-decided`.
    """
    waiting = Feed.objects.filter(pk=feed_id, decided_at=None).exclude(refusal="")
    if not waiting.update(replan_asked_at=now):
        raise Refusal("intake.feed-decided")
    record("intake.plan-asked", to=feed_subject(feed_id), by=by, at=now)
    announce(PlanRequested(feed_id))


def rebuild_plan(feed_id: int, context: ImportContext, terms: ImportTerms, *, now: datetime) -> CheckedFeed:
    """Compare a held feed with the directory of today, and store the new plan.

    Raises Refusal `intake.feed-decided`, `intake.import-running`.
    """
    with import_lock(context.lock):
        feed = Feed.objects.filter(pk=feed_id, decided_at=None).exclude(refusal="").first()
        if feed is None or not has_held_files(feed_id):
            raise Refusal("intake.feed-decided")
        checked = _rebuilt_plan(feed, context, terms, now)
        save_plan(
            feed,
            checked.plan,
            context,
            terms.today,
            now,
            notices=checked.notices,
            opened=new_places(checked),
            changed_places=checked.changed_places,
        )
    return checked


@transaction.atomic(durable=True)
def discard_feed(feed_id: int, *, by: str, now: datetime) -> None:
    """Give up a held feed: erase its files and its plan. Raises Refusal `intake.feed-decided`."""
    _record_decision(feed_id, "", now)
    PlannedRow.objects.filter(feed_id=feed_id).delete()
    record("intake.feed-given-up", to=feed_subject(feed_id), by=by, at=now)
    erase_held_files(feed_id)


def apply_held_feed(
    feed_id: int,
    context: ImportContext,
    terms: ImportTerms,
    *,
    now: datetime,
    progress: Progress = lambda *_: None,
) -> CheckedFeed | None:
    """Apply a confirmed feed as it was shown; None if that was done already.

    The plan is made again from the directory of today, dated as the one shown. If it is the same, it is
    applied; else nothing is, and the new plan is held in its turn. Interrupted and run again, it ends the
    same. `terms`: with the feed's own source. Raises Refusal `intake.plan-stale` and those of `apply_feed`.
    """
    with import_lock(context.lock):
        feed = Feed.objects.filter(pk=feed_id, finished_at=None).exclude(confirmed_by="").first()
        if feed is None or not has_held_files(feed_id):
            return None
        terms_shown = replace(terms, today=feed.planned_on or terms.today).confirmed
        check = _unchanged_plan_check(feed, context, terms, terms_shown, now)
        checked = check()
        feed.begun_at = feed.begun_at or now
        Feed.objects.filter(pk=feed_id).update(begun_at=feed.begun_at)
        today = terms_shown.today
        apply_plan(feed, checked, check, context, now=now, today=today, progress=progress)
    erase_held_files(feed_id)
    return checked


def _unchanged_plan_check(
    feed: Feed, context: ImportContext, terms: ImportTerms, terms_shown: ImportTerms, now: datetime
) -> Callable[[], CheckedFeed]:
    """A function that makes the plan again, and returns it if it is still the one shown.

    Otherwise it stores a new plan and raises Refusal `intake.plan-stale`.
    """
    fingerprints = queries.planned_fingerprints(feed.pk)
    sheet, files = _open_held_files(feed, context)
    places = read_places(files)

    def check() -> CheckedFeed:
        checked = compare_feed(sheet, places, context, terms_shown)
        current = [row.fingerprint for row in plan_rows(checked.plan, context.keys)]
        # A run already begun has fewer rows left to apply, never others.
        is_as_shown = (
            fingerprints.issuperset(current)
            if feed.begun_at
            else plan_digest(current, checked.changed_places) == feed.plan_digest
        )
        if not is_as_shown:
            rebuilt = _rebuilt_plan(feed, context, terms, now)
            save_plan(
                feed,
                rebuilt.plan,
                context,
                terms.today,
                now,
                note=_PLAN_CHANGED,
                notices=rebuilt.notices,
                opened=new_places(rebuilt),
                changed_places=rebuilt.changed_places,
            )
            raise Refusal("intake.plan-stale", reason=_PLAN_CHANGED)
        return checked

    return check


def _rebuilt_plan(feed: Feed, context: ImportContext, terms: ImportTerms, now: datetime) -> CheckedFeed:
    sheet, files = _open_held_files(feed, context)
    terms = with_recent_departures(terms, context.academy_id, now)
    checked = compare_feed(sheet, read_places(files), context, terms)
    plan = with_order_check(checked.plan, context.academy_id, feed.received_at or feed.started_at, terms)
    return replace(checked, plan=plan, notices=(*checked.notices, *opened_notices(new_places(checked))))


def _open_held_files(feed: Feed, context: ImportContext) -> tuple[Sheet, FeedFiles]:
    content, places = read_held_files(feed.pk, context.keys)
    return hr.open_sheet(InMemory(content)), FeedFiles(content, places or None, feed.file_name)


def _record_decision(feed_id: int, confirmed_by: str, now: datetime, *, plan: str | None = None) -> None:
    """Decide a held feed once, and for that plan only. Raises Refusal `intake.feed-decided`."""
    waiting = Feed.objects.filter(pk=feed_id, decided_at=None).exclude(refusal="")
    if plan is not None:
        waiting = waiting.filter(plan_digest=plan)
    if not waiting.update(confirmed_by=confirmed_by, decided_at=now):
        raise Refusal("intake.feed-decided")
