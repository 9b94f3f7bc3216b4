"""Decisions about an act on many. Each is one transaction, journaled, and orders the work that follows."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from vaguemestre.desks.bulk.events import ActDue
from vaguemestre.desks.bulk.models import BulkAct, BulkTarget
from vaguemestre.desks.bulk.queries import acted_alone_on, kept_suspended, order_of, reminded_since
from vaguemestre.desks.bulk.rules.decisions import (
    ALONE_FOR,
    AT_WORK,
    AWAITING,
    MAY_ABANDON,
    MAY_DECIDE,
    MAY_STOP,
    NOT_OVER,
    REMINDED_EVERY,
    check_approval,
    check_size,
    deciding_waits,
    may_undo,
    state_after_stop,
    undoing_waits,
)
from vaguemestre.desks.bulk.rules.verdicts import verdict
from vaguemestre.desks.bulk.values import Act, Order, Phase, Selection, Skip, State
from vaguemestre.foundation.cluster.locks import locked_row, turn
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import bulk_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.queries import facts_for_acts
from vaguemestre.people.credentials.values import ActFacts

_ROWS = 500
_ONE_AT_A_TIME = "bulk.decisions"  # or two acts at once would each be under the number


@transaction.atomic(durable=True)
def open_act(
    order: Order, selection: Selection, most: int, *, academy_id: int, by: str, now: datetime
) -> int:
    """List whom an act changes and whom it leaves; nothing is done yet. Returns its id.

    `academy_id`: of the office that asks, 0 for the whole installation. Raises Refusal `bulk.nobody`,
    `bulk.too-many`.
    """
    return prepare_act(order, selection, most, academy_id=academy_id, by=by, now=now)


def prepare_act(
    order: Order, selection: Selection, most: int, *, academy_id: int, by: str, now: datetime
) -> int:
    """As `open_act`, inside the caller's transaction."""
    account_ids = tuple(dict.fromkeys(selection.account_ids))
    check_size(len(account_ids), most)
    row = BulkAct.objects.create(
        state=State.PREPARED,
        act=order.act,
        note=order.note,
        quota_mb=order.quota_mb,
        subject=order.subject,
        text=order.text,
        unknown=list(selection.unknown),
        academy_id=academy_id,
        asked_by=by,
        asked_at=now,
        changed_at=now,
    )
    facts = facts_for_acts(account_ids, academy_id)
    targets = [BulkTarget(bulk_act=row, account_id=pk) for pk in account_ids if pk in facts]
    _judge(targets, order, facts, by, now)
    BulkTarget.objects.bulk_create(targets, batch_size=_ROWS)
    record("bulk.prepared", to=bulk_subject(row.pk), by=by, at=now, act=order.act, people=len(targets))
    return row.pk


def decide_act(act_id: int, limit: int, *, by: str, now: datetime) -> None:
    """Run an act, resume it, or have it wait for a second person (`deciding_waits`).

    What follows is charged to whoever decides it, who may be another person than before a stop; what two
    people agreed to stays theirs. Whom it changes is looked up again, and is then at most those.
    Raises Refusal `bulk.gone`, `bulk.not-now`, `bulk.nobody-changes`.
    """
    with turn(_ONE_AT_A_TIME), transaction.atomic(durable=True):
        row = _row(act_id, MAY_DECIDE)
        row.decided_by = row.decided_by if row.approved_by else by
        people = _judge_again(row, now)
        if not people:
            raise Refusal("bulk.nobody-changes")
        lately = acted_alone_on(row.decided_by, now - ALONE_FOR)
        row.decided_at = now
        waits = deciding_waits(people, lately, limit, row.approved_by)
        _move(row, State.AWAITING if waits else State.RUNNING, now)
        _record(row, "bulk.decided", by, people=len(people), state=row.state, reason=row.note)


def approve_act(act_id: int, *, by: str, now: datetime) -> None:
    """Approve an act, or its undoing, as a second person. Whom it changes is then looked up again.

    Raises Refusal `bulk.same-person`, `bulk.gone`, `bulk.not-now`, `bulk.nobody-changes`.
    """
    with turn(_ONE_AT_A_TIME), transaction.atomic(durable=True):
        row = _row(act_id, AWAITING)
        if row.state == State.UNDO_AWAITING:
            check_approval(row.undone_by, by)
            row.undo_approved_by = by
            _move(row, State.UNDOING, now)
            _record(row, "bulk.undo-approved", by)
            return
        check_approval(row.decided_by, by)
        if not _judge_again(row, now):
            raise Refusal("bulk.nobody-changes")
        row.approved_by = by
        _move(row, State.RUNNING, now)
        _record(row, "bulk.approved", by)


@transaction.atomic(durable=True)
def stop_act(act_id: int, *, by: str, now: datetime) -> None:
    """Interrupt an act, or decline to approve it. Raises Refusal `bulk.gone`, `bulk.not-now`."""
    row = _row(act_id, MAY_STOP)
    phases = set(BulkTarget.objects.filter(bulk_act=row).values_list("phase", flat=True).distinct())
    former, has_done = State(row.state), Phase.DONE in phases
    if former is State.UNDO_AWAITING:
        row.undone_by, row.undone_at = "", None
    elif former is State.AWAITING and not has_done:
        row.decided_by, row.decided_at = "", None
    _move(row, state_after_stop(former, has_done=has_done, has_waiting=Phase.LISTED in phases), now)
    _record(row, "bulk.stopped", by)


@transaction.atomic(durable=True)
def abandon_act(act_id: int, *, by: str, now: datetime) -> None:
    """Abandon an act that was prepared. Raises Refusal `bulk.gone`, `bulk.not-now`."""
    _abandon(_row(act_id, MAY_ABANDON), by, now)


def withdraw_act(act_id: int, *, by: str, now: datetime) -> bool:
    """Abandon what is left of an act whose reason is gone. Inside the caller's transaction.

    Returns whether it was done for anybody.
    """
    row = BulkAct.objects.select_for_update().filter(pk=act_id, state__in=NOT_OVER).first()
    if row:
        _abandon(row, by, now)
    return BulkTarget.objects.filter(bulk_act_id=act_id, phase=Phase.DONE).exists()


def undo_act(act_id: int, limit: int, *, by: str, now: datetime) -> None:
    """Undo an act, except for people changed since, or have that wait for a second person (`undoing_waits`).

    Raises Refusal `bulk.gone`, `bulk.not-now`.
    """
    with turn(_ONE_AT_A_TIME), transaction.atomic(durable=True):
        row = _row(act_id, frozenset(State))
        done = BulkTarget.objects.filter(bulk_act=row, phase=Phase.DONE)
        people = set(done.values_list("account_id", flat=True))
        if not may_undo(Act(row.act), State(row.state), len(people)):
            raise Refusal("bulk.not-now")
        waits = undoing_waits(people, acted_alone_on(by, now - ALONE_FOR), limit, row.approved_by)
        row.undone_by, row.undone_at = by, now
        _move(row, State.UNDO_AWAITING if waits else State.UNDOING, now)
        _record(row, "bulk.undo-asked" if waits else "bulk.undone", by, people=len(people))


@transaction.atomic(durable=True)
def record_file_taken(act_id: int, *, by: str, now: datetime) -> None:
    """Use case: record that the letters or the list of an act are downloaded."""
    row = _row(act_id, {State.DONE})
    people = BulkTarget.objects.filter(bulk_act=row, phase=Phase.DONE).count()
    record("bulk.file-taken", to=bulk_subject(row.pk), by=by, at=now, act=row.act, people=people)


def _abandon(row: BulkAct, by: str, now: datetime) -> None:
    if not BulkTarget.objects.filter(bulk_act=row, phase=Phase.DONE).exists():
        row.decided_by, row.decided_at = "", None  # nothing that one person has done alone
    _move(row, State.ABANDONED, now)
    _record(row, "bulk.abandoned", by)


def _judge_again(row: BulkAct, now: datetime) -> set[int]:
    """Look up whom the act still changes of those shown, and nobody else; returns their accounts."""
    order = order_of(row)
    targets = list(BulkTarget.objects.filter(bulk_act=row, phase=Phase.LISTED))
    facts = facts_for_acts([target.account_id for target in targets], row.academy_id)
    changed = _judge(targets, order, facts, row.decided_by, now)
    BulkTarget.objects.bulk_update(changed, ("phase", "skip"), batch_size=_ROWS)
    return {target.account_id for target in targets if target.phase == Phase.LISTED}


def _judge(
    targets: Sequence[BulkTarget], order: Order, facts: Mapping[int, ActFacts], by: str, now: datetime
) -> list[BulkTarget]:
    """Give each target its verdict; returns those that had another one before."""
    lately = reminded_since(facts, now - REMINDED_EVERY) if order.act is Act.REMINDER else set()
    suspended = kept_suspended(order.act, facts)
    changed = []
    for target in targets:
        before = (target.phase, target.skip)
        skip = verdict(order, facts.get(target.account_id), by)
        if skip is None and target.account_id in lately:
            skip = Skip.LATELY
        if skip is None and target.account_id in suspended:
            skip = Skip.SERVICE
        target.phase, target.skip = (Phase.SKIPPED, skip) if skip else (Phase.LISTED, "")
        if (target.phase, target.skip) != before:
            changed.append(target)
    return changed


def _row(act_id: int, states: Collection[State]) -> BulkAct:
    """The row, locked. Raises Refusal `bulk.gone`, `bulk.not-now`."""
    row = locked_row(BulkAct.objects.filter(pk=act_id), "bulk.gone")
    if row.state not in states:
        raise Refusal("bulk.not-now")
    return row


def _move(row: BulkAct, state: State, now: datetime) -> None:
    """Save the state under a new number, so that jobs of the former order end, and order what follows."""
    row.state, row.number, row.changed_at = state, row.number + 1, now
    row.save()
    if state in AT_WORK:
        announce(ActDue(row.pk, row.number))


def _record(row: BulkAct, action: str, by: str, **details: str | int) -> None:
    record(action, to=bulk_subject(row.pk), by=by, at=row.changed_at, act=row.act, **details)
