"""A feed given on a page: held, sealed, until the worker planned it and an administrator confirms."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import feed_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory.values import NumenKeys
from vaguemestre.people.intake.events import PlanRequested
from vaguemestre.people.intake.models import Feed, PlannedRow
from vaguemestre.people.intake.services.held.files import erase_held_files, write_held_files
from vaguemestre.people.intake.services.reception import received_at

_AWAITS_PLAN = "Ce fichier a été déposé sur la page ; son plan n’est pas encore établi."
# The codes of `feeds` that say that a file cannot be used at all.
FILE_REFUSALS = frozenset(
    f"intake.{code}"
    for code in (
        "columns-missing", "columns-twice", "file-empty", "file-encoding", "header-absent", "line-ends",
        "separator-wrong",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class UploadedFeed:
    """Files as given. `full_source`: the source the feed is complete for, "" if for none.

    `modified`: when the feed was last written, in seconds since 1970, if the browser told it.
    """

    name: str
    feed: bytes
    structures: bytes = b""
    full_source: str = ""
    modified: float | None = None


@transaction.atomic(durable=True)
def hold_upload(academy_id: int, upload: UploadedFeed, keys: NumenKeys, *, by: str, now: datetime) -> int:
    """Keep the files of a feed, unread, and ask the worker of long jobs for its plan; returns its id.

    The same file that waits already is only planned anew: a plan shown before is confirmed no more, since the
    establishments given with it may be others. Raises Refusal `intake.file-empty`.
    """
    if not upload.feed.strip():
        raise Refusal("intake.file-empty", of="")
    sha256 = hashlib.sha256(upload.feed).hexdigest()
    waiting = Feed.objects.filter(academy_id=academy_id, decided_at=None, is_uploaded=True).exclude(
        refusal=""
    )
    feed = waiting.filter(sha256=sha256, full_source=upload.full_source).first()
    if feed is None or not _withdraw_shown_plan(waiting, feed.pk):
        feed = Feed.objects.create(
            academy_id=academy_id,
            file_name=upload.name[:200],
            sha256=sha256,
            full_source=upload.full_source,
            by=by,
            started_at=now,
            received_at=received_at(upload.modified, sha256, academy_id, now),
            refusal=_AWAITS_PLAN,
            is_uploaded=True,
        )
    write_held_files(feed.pk, upload.feed, upload.structures, keys)
    Feed.objects.filter(pk=feed.pk).update(replan_asked_at=now)
    record("intake.feed-uploaded", to=feed_subject(feed.pk), by=by, at=now)
    announce(PlanRequested(feed.pk))
    return feed.pk


def _withdraw_shown_plan(waiting: QuerySet[Feed], feed_id: int) -> bool:
    """False if that feed was decided meanwhile: it goes on with the files that were shown."""
    return bool(
        waiting.filter(pk=feed_id).update(
            refusal=_AWAITS_PLAN, plan_digest="", planned_at=None, plan_note="", new_places=None
        )
    )


@transaction.atomic(durable=True)
def drop_unusable_upload(feed_id: int, reason: str, *, now: datetime) -> None:
    """Close an uploaded feed whose file cannot be used, and erase its files. `reason`: a French sentence."""
    uploaded = Feed.objects.filter(pk=feed_id, decided_at=None, is_uploaded=True)
    PlannedRow.objects.filter(feed__in=uploaded).delete()
    if uploaded.update(
        refusal=reason,
        decided_at=now,
        replan_asked_at=None,
        planned_at=None,
        plan_digest="",
        plan_note=reason[:300],
    ):
        record("intake.feed-unusable", to=feed_subject(feed_id), by="system", at=now)
        erase_held_files(feed_id)
