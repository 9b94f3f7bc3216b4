"""A feed refused whole: confirmed by an administrator, or given up (DOMAIN.md §3.4)."""

from datetime import datetime
from pathlib import Path

from django.db import transaction

from vaguemestre.directory.rules.sealing import unseal_bytes
from vaguemestre.intake.events import FeedConfirmed
from vaguemestre.intake.models import Feed
from vaguemestre.intake.services.applying import HELD, Checked, Files, Progress, Setting, apply
from vaguemestre.intake.values import Terms
from vaguemestre.jobs.services import announce
from vaguemestre.journal.services import record
from vaguemestre.kernel.errors import Refusal


@transaction.atomic(durable=True)
def confirm_feed(feed_id: int, *, by: str, now: datetime) -> FeedConfirmed:
    """An administrator lets it close those accounts; the worker of long work applies it.

    Raises Refusal `intake.feed-decided` when it does not wait, or does not wait any more.
    """
    _decide(feed_id, by, now)
    record("intake.feed-confirmed", to=f"feed:{feed_id}", by=by, at=now)
    event = FeedConfirmed(feed_id)
    announce(event)
    return event


@transaction.atomic(durable=True)
def give_feed_up(feed_id: int, shelf: Path, *, by: str, now: datetime) -> None:
    """It is not applied, and its files are erased. Raises Refusal `intake.feed-decided`."""
    _decide(feed_id, "", now)
    record("intake.feed-given-up", to=f"feed:{feed_id}", by=by, at=now)
    transaction.on_commit(lambda: _erase(feed_id, shelf))


def apply_held(
    feed_id: int, setting: Setting, terms: Terms, *, now: datetime, progress: Progress = lambda *_: None
) -> Checked | None:
    """Apply a confirmed feed; None when that is done already. Interrupted, run again: the same end.

    `terms` with the feed's own source and its confirmation. Raises like `apply`.
    """
    feed = Feed.objects.filter(pk=feed_id, finished_at=None).exclude(confirmed_by="").first()
    if feed is None or not (setting.shelf / f"{feed_id}.feed").exists():
        return None
    content, places = (
        unseal_bytes((setting.shelf / f"{feed_id}.{kind}").read_bytes(), setting.keys, HELD)
        for kind in ("feed", "structures")
    )
    done = apply(Files(content, places or None, feed.file_name), setting, terms, now=now, progress=progress)
    Feed.objects.filter(pk=feed_id).update(finished_at=now)
    _erase(feed_id, setting.shelf)
    return done


def _decide(feed_id: int, confirmed_by: str, now: datetime) -> None:
    waiting = Feed.objects.filter(pk=feed_id, decided_at=None).exclude(refusal="")
    if not waiting.update(confirmed_by=confirmed_by, decided_at=now):
        raise Refusal("intake.feed-decided")


def _erase(feed_id: int, shelf: Path) -> None:
    for kind in ("feed", "structures"):
        (shelf / f"{feed_id}.{kind}").unlink(missing_ok=True)
