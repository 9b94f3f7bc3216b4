"""The work of an act on many, some people at a time. Any of it may be run again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from vaguemestre.desks.bulk.events import ActDue
from vaguemestre.desks.bulk.models import BulkAct, BulkTarget
from vaguemestre.desks.bulk.queries import kept_suspended, order_of, wanted_since
from vaguemestre.desks.bulk.rules.decisions import AT_WORK, ENDS
from vaguemestre.desks.bulk.rules.verdicts import INVERSE, undo_verdict, verdict
from vaguemestre.desks.bulk.values import Act, Phase, Skip, State
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import Line, record_many
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.mailbox.sorting.services import end_own_absences
from vaguemestre.people.credentials.queries import facts_for_acts
from vaguemestre.people.credentials.services import change_states, demand_second_factor, set_quotas
from vaguemestre.people.credentials.values import ActFacts
from vaguemestre.post.mailstore.ports import MailboxSilent

_SLICE = timedelta(seconds=5)
_BATCH = 50
_MAX_SILENT = 3  # in a batch: each may take as long as the mail store is given to answer
_LETTER_ACTS = {
    Act.NOTICE: "bulk.notice-sent",
    Act.LETTERS: "bulk.letter-made",
    Act.REMINDER: "bulk.reminder-sent",
}
_SENT_ACTS = frozenset({Act.NOTICE, Act.REMINDER})


@dataclass(frozen=True)
class PassContext:
    """`send_notice`: sends the notice or the reminder to somebody, once, and says whether it went.

    It raises MailboxSilent for that mailbox only, EngineDown for all.
    """

    clock: Callable[[], datetime]
    send_notice: Callable[[BulkAct, ActFacts], bool]


@dataclass(frozen=True)
class _Sent:
    """What became of the notices of some people: their targets, and the accounts refused or silent."""

    target_ids: Sequence[int]
    refused: frozenset[int] = frozenset()
    silent: frozenset[int] = frozenset()


def run_pass(act_id: int, number: int, context: PassContext) -> None:
    """Treat people for a few seconds, then leave the rest to the next job.

    Does nothing if the order changed since (`number`). Raises EngineDown: the job is then tried again, as
    it is if silent mailboxes are all that is left.
    """
    until, is_silent = context.clock() + _SLICE, False
    while (row := _current(act_id, number)) and context.clock() < until:
        targets = _waiting(row)
        if not targets:
            _end(row, context.clock())
            return
        if is_silent and targets[0].skip:
            break
        sent = _send_notices(row, targets, context)
        _treat(row, sent, context.clock())
        is_silent = is_silent or bool(sent.silent)
    if row and is_silent:
        raise MailboxSilent(f"acte {act_id} : une boîte ne répond pas")
    if row:
        _leave_rest(row)


def _current(act_id: int, number: int) -> BulkAct | None:
    return BulkAct.objects.filter(pk=act_id, number=number, state__in=AT_WORK).first()


def _waiting(row: BulkAct) -> list[BulkTarget]:
    """Who is next; those whose mailbox was silent come last."""
    phase = Phase.DONE if row.state == State.UNDOING else Phase.LISTED
    return list(BulkTarget.objects.filter(bulk_act=row, phase=phase).order_by("skip", "pk")[:_BATCH])


def _send_notices(row: BulkAct, targets: Sequence[BulkTarget], context: PassContext) -> _Sent:
    """Send before marking: a process killed in between sends again, and each mailbox takes it once."""
    if row.act not in _SENT_ACTS:
        return _Sent([target.pk for target in targets])
    facts = facts_for_acts([target.account_id for target in targets], row.academy_id)
    order, tried = order_of(row), []
    refused, silent = set(), set()
    for target in targets:
        fact = facts.get(target.account_id)
        tried.append(target.pk)
        if fact is None or verdict(order, fact, row.decided_by):
            continue
        try:
            if not context.send_notice(row, fact):
                refused.add(target.account_id)
        except MailboxSilent:
            silent.add(target.account_id)
            if len(silent) == _MAX_SILENT:
                break
    return _Sent(tried, frozenset(refused), frozenset(silent))


@transaction.atomic(durable=True)
def _treat(row: BulkAct, sent: _Sent, now: datetime) -> None:
    """Change those people and mark them, in one transaction; a silent mailbox keeps its turn, at the end."""
    if not BulkAct.objects.select_for_update().filter(pk=row.pk, number=row.number).exists():
        return
    is_undoing = row.state == State.UNDOING
    waiting = Phase.DONE if is_undoing else Phase.LISTED
    targets = list(BulkTarget.objects.filter(pk__in=sent.target_ids, phase=waiting))
    facts = facts_for_acts([target.account_id for target in targets], row.academy_id)
    skips = _undo_skips(row, targets, facts) if is_undoing else _skips(row, targets, facts)
    changing = []
    for target in targets:
        skip = skips[target.pk]
        if skip is None and target.account_id in sent.silent:
            target.skip = Skip.SILENT
            continue
        if skip is None and target.account_id in sent.refused:
            skip = Skip.REFUSED
        if skip is None:
            changing.append(target)
            target.treated_at = now
        target.skip = skip or ""
        target.phase = _phase_after(is_undoing=is_undoing, is_skipped=bool(skip))
    _apply(row, changing, facts, is_undoing=is_undoing, now=now)
    BulkTarget.objects.bulk_update(targets, ("phase", "skip", "before", "treated_at"), batch_size=_BATCH)


def _skips(
    row: BulkAct, targets: Sequence[BulkTarget], facts: Mapping[int, ActFacts]
) -> dict[int, Skip | None]:
    """Why the act leaves each of these targets; None for those it changes."""
    order = order_of(row)
    suspended = kept_suspended(order.act, facts)
    return {
        target.pk: verdict(order, facts.get(target.account_id), _actor(row))
        or (Skip.SERVICE if target.account_id in suspended else None)
        for target in targets
    }


def _undo_skips(
    row: BulkAct, targets: Sequence[BulkTarget], facts: Mapping[int, ActFacts]
) -> dict[int, Skip | None]:
    """Why undoing leaves each of these targets; None for those it gives back."""
    order, actor = order_of(row), _actor(row)
    moments = {target.account_id: target.treated_at or row.decided_at for target in targets}
    wanted = wanted_since(row, {pk: at for pk, at in moments.items() if at})
    suspended = kept_suspended(INVERSE.get(order.act, order.act), facts)
    return {
        target.pk: undo_verdict(order, facts.get(target.account_id), actor, target.treated_at)
        or (Skip.WANTED if target.account_id in wanted else None)
        or (Skip.SERVICE if target.account_id in suspended else None)
        for target in targets
    }


def _actor(row: BulkAct) -> str:
    return row.undone_by if row.state == State.UNDOING else row.decided_by


def _phase_after(*, is_undoing: bool, is_skipped: bool) -> Phase:
    if is_undoing:
        return Phase.KEPT if is_skipped else Phase.UNDONE
    return Phase.SKIPPED if is_skipped else Phase.DONE


def _apply(
    row: BulkAct,
    targets: Sequence[BulkTarget],
    facts: Mapping[int, ActFacts],
    *,
    is_undoing: bool,
    now: datetime,
) -> None:
    account_ids, act, by = [target.account_id for target in targets], Act(row.act), _actor(row)
    done = INVERSE.get(act, act) if is_undoing else act
    if done in (Act.FACTOR, Act.NO_FACTOR):
        demand_second_factor(account_ids, is_demanded=done is Act.FACTOR, by=by, now=now)
    elif act in INVERSE:
        note = "" if is_undoing else row.note
        change_states(account_ids, "suspend" if done is Act.SUSPEND else "resume", by=by, now=now, note=note)
        for account_id in account_ids if done is Act.SUSPEND else ():
            end_own_absences(account_id, by=by, now=now)
    elif act is Act.QUOTA:
        for target in targets if not is_undoing else ():
            target.before = facts[target.account_id].quota_mb
        quotas = {t.account_id: t.before or 0 if is_undoing else row.quota_mb for t in targets}
        set_quotas(quotas, by=by, now=now)
    elif act in _LETTER_ACTS:
        record_many(
            Line(_LETTER_ACTS[act], account_subject(pk), by, now, {"bulk": row.pk, "subject": row.subject})
            for pk in account_ids
        )


@transaction.atomic(durable=True)
def _end(row: BulkAct, now: datetime) -> None:
    current = BulkAct.objects.filter(pk=row.pk, number=row.number)
    current.update(state=ENDS[State(row.state)], number=row.number + 1, changed_at=now)


@transaction.atomic(durable=True)
def _leave_rest(row: BulkAct) -> None:
    announce(ActDue(row.pk, row.number))
