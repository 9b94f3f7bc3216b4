"""Decisions about a removal. Each is one transaction, journaled, and orders the work that follows."""

import re
from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from vaguemestre.desks.removals.events import RefusedContentChanged, RemovalDue
from vaguemestre.desks.removals.models import Removal, RemovalBox, TakenCopy
from vaguemestre.desks.removals.queries import criteria_of, possible_holders
from vaguemestre.desks.removals.rules.decisions import (
    AWAITING,
    CONTENT_WAITS,
    MAY_DECIDE,
    MAY_STOP,
    MAY_UNDO,
    RUNNING,
    check_approval,
    needs_second_person,
    undoing_waits,
)
from vaguemestre.desks.removals.values import BoxPhase, ContentState, Criteria, RemovalState
from vaguemestre.foundation.cluster.locks import locked_row
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import removal_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.web_hosts import host_of
from vaguemestre.post.trace.rules.subjects import comparable_subject

_SHA256 = re.compile(r"[0-9a-f]{64}")


@transaction.atomic(durable=True)
def open_removal(criteria: Criteria, note: str, *, by: str, now: datetime) -> int:
    """Look for a message; nothing moves yet. Returns the removal's id.

    Raises Refusal `removals.nothing-to-look-for`, `removals.bad-link`, `removals.bad-hash`.
    """
    message_id = criteria.message_id.strip().strip("<>")
    digest = criteria.file_sha256.strip().lower()
    subject, link = comparable_subject(criteria.subject), criteria.link.strip()
    if not any((message_id, criteria.sender.strip(), subject, link, digest)):
        raise Refusal("removals.nothing-to-look-for", field="message_id")
    if link and not host_of(link if "://" in link else f"https://{link}"):
        raise Refusal("removals.bad-link", field="link")
    if digest and not _SHA256.fullmatch(digest):
        raise Refusal("removals.bad-hash", field="file_sha256")
    row = Removal.objects.create(
        state=RemovalState.COUNTING,
        message_id=f"<{message_id}>" if message_id else "",
        sender=criteria.sender.strip(),
        subject=subject,
        link=link,
        file_sha256=digest,
        note=note,
        asked_by=by,
        asked_at=now,
        changed_at=now,
    )
    record("removals.looked-for", to=removal_subject(row.pk), by=by, at=now, sender=row.sender)
    announce(RemovalDue(row.pk, row.number))
    return row.pk


@transaction.atomic(durable=True)
def decide_removal(removal_id: int, limit: int, *, by: str, now: datetime) -> None:
    """Remove every copy, or wait for a second person (`needs_second_person`).

    Its link or its file, refused to everybody from then on, waits for one meanwhile.

    Raises Refusal `removals.gone`, `removals.not-now`.
    """
    row = _row(removal_id, MAY_DECIDE)
    holders = possible_holders(row)
    row.decided_by = row.decided_by or by
    if criteria_of(row).has_content and row.content_state == ContentState.NONE:
        row.content_state = ContentState.WAITS
    waits = needs_second_person(holders, limit, row.approved_by)
    _move(row, RemovalState.AWAITING if waits else RemovalState.REMOVING, now)
    record(
        "removals.decided",
        to=removal_subject(row.pk),
        by=by,
        at=now,
        sender=row.sender,
        boxes=holders,
        state=row.state,
    )


@transaction.atomic(durable=True)
def approve_removal(removal_id: int, *, by: str, now: datetime) -> None:
    """A second person agrees to the removal, its link and its file; or to give back what was removed.

    Raises Refusal `removals.same-person`, `removals.gone`, `removals.not-now`.
    """
    row = _row(removal_id, AWAITING | CONTENT_WAITS)
    if row.state in CONTENT_WAITS:
        check_approval(row.decided_by, by)
        _settle_content(row, ContentState.REFUSED, now)
        record("removals.content-refused", to=removal_subject(row.pk), by=by, at=now)
        return
    if row.state == RemovalState.UNDO_AWAITING:
        check_approval(row.undone_by, by)
        _move(row, RemovalState.RESTORING, now)
        record("removals.undo-approved", to=removal_subject(row.pk), by=by, at=now)
        return
    check_approval(row.decided_by, by)
    row.approved_by = by
    if row.content_state == ContentState.WAITS:
        row.content_state = ContentState.REFUSED
    _move(row, RemovalState.REMOVING, now)
    record("removals.approved", to=removal_subject(row.pk), by=by, at=now)


@transaction.atomic(durable=True)
def decline_content(removal_id: int, *, by: str, now: datetime) -> None:
    """Leave the link or the file to everybody. Raises Refusal `removals.gone`, `removals.not-now`."""
    row = _row(removal_id, CONTENT_WAITS)
    _settle_content(row, ContentState.DECLINED, now)
    record("removals.content-declined", to=removal_subject(row.pk), by=by, at=now)


@transaction.atomic(durable=True)
def stop_removal(removal_id: int, *, by: str, now: datetime) -> None:
    """Interrupt a removal, or decline to approve it. Raises Refusal `removals.gone`, `removals.not-now`."""
    row = _row(removal_id, MAY_STOP)
    if row.state == RemovalState.UNDO_AWAITING:
        row.undone_by = ""
        is_whole = not RemovalBox.objects.filter(removal=row).exclude(phase=BoxPhase.REMOVED).exists()
        _move(row, RemovalState.REMOVED if is_whole else RemovalState.STOPPED, now)
        record("removals.stopped", to=removal_subject(row.pk), by=by, at=now)
        return
    was_awaiting = row.state == RemovalState.AWAITING
    if was_awaiting:
        row.decided_by = ""
    is_untouched = was_awaiting and not TakenCopy.objects.filter(box__removal=row).exists()
    _move(row, RemovalState.COUNTED if is_untouched else RemovalState.STOPPED, now)
    record("removals.stopped", to=removal_subject(row.pk), by=by, at=now)


@transaction.atomic(durable=True)
def undo_removal(removal_id: int, limit: int, *, by: str, now: datetime) -> None:
    """Give every copy back, or wait for a second person (`undoing_waits`).

    Raises Refusal `removals.gone`, `removals.not-now`.
    """
    row = _row(removal_id, MAY_UNDO)
    boxes = TakenCopy.objects.filter(box__removal=row).values("box").distinct().count()
    waits = undoing_waits(ContentState(row.content_state), boxes, limit, row.approved_by)
    row.undone_by = by
    _move(row, RemovalState.UNDO_AWAITING if waits else RemovalState.RESTORING, now)
    record("removals.undo-asked" if waits else "removals.undone", to=removal_subject(row.pk), by=by, at=now)


@transaction.atomic(durable=True)
def retry_boxes(removal_id: int, *, by: str, now: datetime) -> None:
    """Try now the mailboxes that were not reached. Raises Refusal `removals.gone`, `removals.not-now`.

    After its end it is a new decision: it also takes what came since, which nobody has approved.
    """
    row = _row(removal_id, frozenset(RemovalState) - AWAITING - {RemovalState.STOPPED})
    RemovalBox.objects.filter(removal=row).exclude(error="").update(attempts=0, next_try_at=None, error="")
    former = {
        RemovalState.COUNTED: RemovalState.COUNTING,
        RemovalState.REMOVED: RemovalState.REMOVING,
        RemovalState.RESTORED: RemovalState.RESTORING,
    }
    state = RemovalState(row.state)
    if state == RemovalState.REMOVED:
        row.decided_by, row.approved_by = by, ""
    _move(row, former.get(state, state), now)
    record("removals.retried", to=removal_subject(row.pk), by=by, at=now)


def _row(removal_id: int, states: Collection[RemovalState]) -> Removal:
    """The row, locked. Raises Refusal `removals.gone`, `removals.not-now`."""
    row = locked_row(Removal.objects.filter(pk=removal_id), "removals.gone")
    if row.state not in states:
        raise Refusal("removals.not-now")
    return row


def _settle_content(row: Removal, content: ContentState, now: datetime) -> None:
    """Save what becomes of the link and the file; mailboxes go on as they do. Raises Refusal."""
    if row.content_state != ContentState.WAITS:
        raise Refusal("removals.not-now")
    row.content_state, row.changed_at = content, now
    row.save(update_fields=("content_state", "changed_at"))
    announce(RefusedContentChanged())


def _move(row: Removal, state: RemovalState, now: datetime) -> None:
    """Save the state under a new number, so that jobs of the former order end, and order what follows."""
    row.state, row.number, row.changed_at = state, row.number + 1, now
    row.save()
    if state in RUNNING:
        RemovalBox.objects.filter(removal=row).update(attempts=0, next_try_at=None, error="")
        announce(RemovalDue(row.pk, row.number))
    announce(RefusedContentChanged())
