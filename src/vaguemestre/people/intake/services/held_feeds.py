"""A feed refused whole: confirmed by an administrator as it was shown, planned anew, or given up."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.people.directory.rules.numen_vault import unseal_bytes
from vaguemestre.people.intake import queries
from vaguemestre.people.intake.events import FeedConfirmed, PlanAsked
from vaguemestre.people.intake.feeds import hr
from vaguemestre.people.intake.feeds.lines import InMemory, Sheet
from vaguemestre.people.intake.models import Feed, PlannedRow
from vaguemestre.people.intake.services.feed_apply import (
    HELD,
    Checked,
    Files,
    Progress,
    Setting,
    alone,
    carry_out,
    compare,
    keep_plan,
    places_of,
)
from vaguemestre.people.intake.services.plan_rows import plan_rows
from vaguemestre.people.intake.services.reception import with_order
from vaguemestre.people.intake.values import Plan, Terms

_PLAN_DAYS = 7  # beyond, its days of leaving and of closing are too far behind
_CHANGED = "Ce que le fichier changerait n’est plus ce qui était montré : le plan a été refait."


@transaction.atomic(durable=True)
def confirm_feed(feed_id: int, *, plan: str, departures: int | None, by: str, now: datetime) -> FeedConfirmed:
    """An administrator lets it do what was shown; the worker of long work applies it.

    `plan`: the digest of the plan that was shown. `departures`: how many people leave, as it was typed.
    Raises Refusal `intake.feed-decided` when it does not wait, or does not wait any more,
    `intake.plan-replaced` when another plan was made since, `intake.plan-stale`, `intake.departures-wrong`.
    """
    feed = queries.feed_shown(feed_id)
    if feed is None or not feed.waits:
        raise Refusal("intake.feed-decided")
    if stale := stale_reason(feed, now):
        raise Refusal("intake.plan-stale", reason=stale)
    if plan != feed.plan_digest:
        raise Refusal("intake.plan-replaced")
    if feed.departures and departures != feed.departures:
        raise Refusal("intake.departures-wrong", departures=feed.departures)
    _decide(feed_id, by, now, plan=plan)
    record("intake.feed-confirmed", to=f"feed:{feed_id}", by=by, at=now, departures=feed.departures)
    event = FeedConfirmed(feed_id)
    announce(event)
    return event


def stale_reason(feed: queries.FeedShown, now: datetime) -> str:
    """Why the plan of a feed that waits cannot be confirmed as it stands; "" if it can."""
    if feed.planned_at is None:
        return "Le plan de ce fichier n’a pas été gardé."
    at = timezone.localtime(feed.planned_at)
    if now - feed.planned_at > timedelta(days=_PLAN_DAYS):
        return f"Ce plan date du {at:%d/%m/%Y}, il y a plus de {_PLAN_DAYS} jours."
    newer = queries.applied_since(feed)
    if not newer:
        return ""
    last = timezone.localtime(newer[0].finished_at)
    touched = queries.changed_since(feed)
    people = f" et touche {counted(len(touched), 'personne')} de ce plan" if touched else ""
    return (
        f"Ce plan date du {at:%d/%m/%Y à %H:%M}. Un import plus récent a été appliqué "
        f"le {last:%d/%m/%Y à %H:%M}{people}."
    )


@transaction.atomic(durable=True)
def ask_plan(feed_id: int, *, by: str, now: datetime) -> None:
    """Have the plan of a feed that waits made anew, by the worker of long work.

    Raises Refusal `intake.feed-decided`.
    """
    waiting = Feed.objects.filter(pk=feed_id, decided_at=None).exclude(refusal="")
    if not waiting.update(replan_asked_at=now):
        raise Refusal("intake.feed-decided")
    record("intake.plan-asked", to=f"feed:{feed_id}", by=by, at=now)
    announce(PlanAsked(feed_id))


def plan_again(feed_id: int, setting: Setting, terms: Terms, *, now: datetime) -> Checked:
    """Compare a feed that waits with today's state; its new plan is kept, to be shown.

    Raises Refusal `intake.feed-decided`, `intake.import-running`.
    """
    with alone(setting.lock):
        feed = Feed.objects.filter(pk=feed_id, decided_at=None).exclude(refusal="").first()
        if feed is None or not (setting.shelf / f"{feed_id}.feed").exists():
            raise Refusal("intake.feed-decided")
        checked = _planned_again(feed, setting, terms)
        keep_plan(feed, checked.plan, setting, terms.today, now)
    return checked


@transaction.atomic(durable=True)
def give_feed_up(feed_id: int, shelf: Path, *, by: str, now: datetime) -> None:
    """It is not applied; its files and its plan are erased. Raises Refusal `intake.feed-decided`."""
    _decide(feed_id, "", now)
    PlannedRow.objects.filter(feed_id=feed_id).delete()
    record("intake.feed-given-up", to=f"feed:{feed_id}", by=by, at=now)
    transaction.on_commit(lambda: _erase(feed_id, shelf))


def apply_held(
    feed_id: int, setting: Setting, terms: Terms, *, now: datetime, progress: Progress = lambda *_: None
) -> Checked | None:
    """Apply a confirmed feed as it was shown; None when that is done already.

    The plan is made again of today's state, on the day the shown one counts from. If it is the same, it is
    applied; else nothing is, and the new plan waits to be confirmed. Interrupted, run again: the same end.
    `terms` with the feed's own source. Raises Refusal `intake.plan-stale` and those of `apply`.
    """
    with alone(setting.lock):
        feed = Feed.objects.filter(pk=feed_id, finished_at=None).exclude(confirmed_by="").first()
        if feed is None or not (setting.shelf / f"{feed_id}.feed").exists():
            return None
        shown = queries.planned_fingerprints(feed_id)
        as_shown = _dated(terms, feed).confirmed
        sheet, files = _opened(feed, setting)
        places = places_of(files)

        def planned() -> Checked:
            checked = compare(sheet, places, setting, as_shown)
            made = {row.fingerprint for row in plan_rows(checked.plan, setting.keys)}
            # What was begun has less left to do; it never has more.
            if not (made <= shown if feed.begun_at else made == shown):
                today = _planned_again(feed, setting, terms)
                keep_plan(feed, today.plan, setting, terms.today, now, note=_CHANGED)
                raise Refusal("intake.plan-stale", reason=_CHANGED)
            return checked

        def planned_plan() -> Plan:
            return planned().plan

        first = planned()
        feed.begun_at = feed.begun_at or now
        Feed.objects.filter(pk=feed_id).update(begun_at=feed.begun_at)
        carry_out(feed, first, planned_plan, setting, now=now, today=as_shown.today, progress=progress)
    _erase(feed_id, setting.shelf)
    return first


def _dated(terms: Terms, feed: Feed) -> Terms:
    return replace(terms, today=feed.planned_on or terms.today)


def _planned_again(feed: Feed, setting: Setting, terms: Terms) -> Checked:
    sheet, files = _opened(feed, setting)
    checked = compare(sheet, places_of(files), setting, terms)
    plan = with_order(checked.plan, setting.academy_id, feed.received_at or feed.started_at, terms)
    return replace(checked, plan=plan)


def _opened(feed: Feed, setting: Setting) -> tuple[Sheet, Files]:
    content, places = (
        unseal_bytes((setting.shelf / f"{feed.pk}.{kind}").read_bytes(), setting.keys, HELD)
        for kind in ("feed", "structures")
    )
    return hr.opened(InMemory(content)), Files(content, places or None, feed.file_name)


def _decide(feed_id: int, confirmed_by: str, now: datetime, *, plan: str | None = None) -> None:
    """Once, and of that plan only."""
    waiting = Feed.objects.filter(pk=feed_id, decided_at=None).exclude(refusal="")
    if plan is not None:
        waiting = waiting.filter(plan_digest=plan)
    if not waiting.update(confirmed_by=confirmed_by, decided_at=now):
        raise Refusal("intake.feed-decided")


def _erase(feed_id: int, shelf: Path) -> None:
    for kind in ("feed", "structures"):
        (shelf / f"{feed_id}.{kind}").unlink(missing_ok=True)
