"""Bulk actions: one action on thousands of messages, started by the page, run by the worker, undoable."""

import time
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction

from vaguemestre.foundation.jobs.purge import delete_batch
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import EngineRefused, Refusal
from vaguemestre.mailbox.webmail.events import BulkRequested
from vaguemestre.mailbox.webmail.models import BulkRow
from vaguemestre.mailbox.webmail.ports import Unschedule
from vaguemestre.mailbox.webmail.rules.listing import snooze as snooze_rules
from vaguemestre.mailbox.webmail.rules.listing.labels import checked_mark
from vaguemestre.mailbox.webmail.rules.listing.spans import format_spans, parse_spans
from vaguemestre.mailbox.webmail.services import snooze
from vaguemestre.mailbox.webmail.services.actions import (
    LEAVING_ACTIONS,
    MAX_MESSAGES,
    UNSCHEDULED,
    apply_action,
)
from vaguemestre.mailbox.webmail.values import SNOOZE_ACTIONS, Action, BulkState
from vaguemestre.post.mailstore.ports import Mailbox, OpenMailbox
from vaguemestre.post.mailstore.values import Clause, Flag, MailLogin, MessageRef, Use, View, Where

# Flag changes, their opposites, and the messages each one changes: an undo must not touch the others.
_OPPOSITES = {
    Action.READ: Action.UNREAD, Action.UNREAD: Action.READ,
    Action.FLAG: Action.UNFLAG, Action.UNFLAG: Action.FLAG,
    Action.LABEL: Action.UNLABEL, Action.UNLABEL: Action.LABEL,
}  # fmt: skip
_AFFECTED = {
    Action.READ: Clause(Where.UNREAD), Action.UNREAD: Clause(Where.READ),
    Action.FLAG: Clause(Where.FLAGGED, is_not=True), Action.UNFLAG: Clause(Where.FLAGGED),
    Action.LABEL: Clause(Where.LABEL, is_not=True), Action.UNLABEL: Clause(Where.LABEL),
}  # fmt: skip
ACTIONS = frozenset(
    {Action.ARCHIVE, Action.DELETE, Action.JUNK, Action.NOT_JUNK, Action.MOVE, Action.SNOOZE, *_OPPOSITES}
)
UNDO_DELAY = timedelta(seconds=10)  # before what cannot be undone
RETENTION = timedelta(days=1)
_RUN_SECONDS = 20.0  # of one job; other jobs then have their turn


class Batch(NamedTuple):
    """Messages of one folder, as the JSON fields of `BulkRow` hold them. `home`: where an undo moves them."""

    folder: str
    uid_validity: int
    spans: str  # UIDs, `1:5,9`
    home: str


def start_bulk(
    mailbox: Mailbox, account_id: int, action: Action, folder: str, view: View, *, now: datetime, to: str = ""
) -> BulkRow:
    """Start an action on every message of `folder` that `view` shows; a final one, ten seconds later.

    `to`: target folder of MOVE, keyword of LABEL, end (ISO) of SNOOZE. Raises FolderGone, EngineDown, Refusal
    `webmail.bulk-running`, `webmail.label-unknown`, ValueError for an action that is none of `ACTIONS`.
    """
    if action not in ACTIONS:
        raise ValueError(action)
    if action in {Action.LABEL, Action.UNLABEL}:
        to = checked_mark(to)
    if affected := _AFFECTED.get(action):
        clause = replace(affected, value=to) if affected.where is Where.LABEL else affected
        view = replace(view, clauses=(*view.clauses, clause), is_grouped=False)
    uses = {folder.name: folder.use for folder in mailbox.folders()}
    is_final = action is Action.DELETE and uses.get(folder) in {Use.TRASH, Use.JUNK}
    refs = mailbox.refs(folder, view)
    batches = _batches((ref, ref.folder) for ref in refs if action is not Action.MOVE or ref.folder != to)
    due = now + UNDO_DELAY if is_final else now
    return _start(account_id, action, batches, to, now=now, due=due, is_final=is_final)


@transaction.atomic(durable=True)
def _start(
    account_id: int,
    action: Action,
    batches: list[Batch],
    to: str,
    *,
    now: datetime,
    due: datetime,
    is_final: bool = False,
) -> BulkRow:
    bulks = BulkRow.objects.filter(account_id=account_id)
    if bulks.filter(state=BulkState.RUNNING).exists():
        raise Refusal("webmail.bulk-running")
    total = _count(batches)
    row = bulks.create(
        account_id=account_id, act=action.value, to=to, waiting=batches, total=total, is_final=is_final,
        due_at=due, created_at=now, state=(BulkState.RUNNING if total else BulkState.DONE).value,
    )  # fmt: skip
    if total:
        announce(BulkRequested(row.pk), due=due if due > now else None)
    return row


def bulk_of(account_id: int, bulk_id: int) -> BulkRow:
    """One bulk action of the account. Raises Refusal `webmail.bulk-over`."""
    row = BulkRow.objects.filter(account_id=account_id, pk=bulk_id).first()
    if row is None:
        raise Refusal("webmail.bulk-over")
    return row


def running_bulk(account_id: int) -> int:
    """Id of the bulk action under way; 0 when there is none."""
    running = BulkRow.objects.filter(account_id=account_id, state=BulkState.RUNNING)
    return running.values_list("pk", flat=True).first() or 0


def displayed_action(row: BulkRow) -> Action:
    """The action to name on the page: a MOVE that undoes another bulk is shown as UNSNOOZE."""
    return Action.UNSNOOZE if row.act == Action.MOVE and not row.to else Action(row.act)


def undo_bulk(account_id: int, bulk_id: int, *, now: datetime) -> BulkRow:
    """Stop a bulk action, and start the one that reverts what it did. Returns the new one.

    Raises Refusal `webmail.bulk-over`.
    """
    with transaction.atomic(durable=True):
        row = BulkRow.objects.select_for_update().filter(account_id=account_id, pk=bulk_id).first()
        if row is None or row.state == BulkState.UNDONE:
            raise Refusal("webmail.bulk-over")
        moved = _parsed(row.moved)
        row.state, row.ended_at, row.moved = BulkState.UNDONE.value, now, []
        row.save(update_fields=["state", "ended_at", "moved"])
    return _start(account_id, _undo_action(row), moved, _mark_of(row), now=now, due=now)


def _undo_action(row: BulkRow) -> Action:
    if row.act == Action.SNOOZE:
        return Action.UNSNOOZE
    return _OPPOSITES.get(Action(row.act), Action.MOVE)


def _mark_of(row: BulkRow) -> str:
    return row.to if row.act in {Action.LABEL, Action.UNLABEL} else ""


def nothing_scheduled(account_id: int, refs: Collection[MessageRef], *, by: str, now: datetime) -> int:
    """Implements `webmail.ports.Unschedule` for a mailbox where nothing is to leave later."""
    return 0


def run_bulk(
    bulk_id: int, open_mailbox: OpenMailbox, *, now: datetime, unschedule: Unschedule = nothing_scheduled
) -> None:
    """Run batches of a bulk action for `_RUN_SECONDS`, then queue the rest. Idempotent.

    Raises EngineDown, for the worker to try again.
    """
    until = time.monotonic() + _RUN_SECONDS
    running = BulkRow.objects.filter(pk=bulk_id, state=BulkState.RUNNING)
    row = running.select_related("account").first()
    if row is None:
        return
    try:
        with open_mailbox(MailLogin(row.account.mailbox)) as mailbox:
            while time.monotonic() < until and _run_batch(mailbox, bulk_id, now, unschedule):
                pass
    except (Refusal, EngineRefused) as refused:
        code = refused.code if isinstance(refused, Refusal) else "webmail.bulk-refused"
        running.update(state=BulkState.FAILED.value, reason=code[:60], ended_at=now)
        return
    with transaction.atomic(durable=True):
        if running.exists():
            announce(BulkRequested(bulk_id))


def _run_batch(
    mailbox: Mailbox, bulk_id: int, now: datetime, unschedule: Unschedule = nothing_scheduled
) -> bool:
    """Process the next messages of one folder, some hundreds at most; whether others are left."""
    row = BulkRow.objects.filter(pk=bulk_id, state=BulkState.RUNNING).first()
    if row is None:
        return False
    batch = Batch(*row.waiting[0])
    is_snooze = Action(row.act) in SNOOZE_ACTIONS
    most = snooze_rules.MAX_MESSAGES if is_snooze else MAX_MESSAGES
    uids = parse_spans(batch.spans)
    processed, remaining = uids[:most], uids[most:]
    refs = [MessageRef(batch.folder, batch.uid_validity, uid) for uid in processed]
    is_unscheduled = _is_unscheduled(mailbox, row, refs, unschedule, now)
    moved = (
        _apply_snooze(mailbox, row, refs, batch.home, now)
        if is_snooze
        else _apply(mailbox, row, refs, batch.home)
    )
    waiting = [batch._replace(spans=format_spans(remaining))] if remaining else []
    with transaction.atomic(durable=True):
        row = BulkRow.objects.select_for_update().get(pk=bulk_id)
        row.waiting, row.done = waiting + row.waiting[1:], row.done + len(processed)
        row.moved = row.moved + moved
        row.reason = UNSCHEDULED if is_unscheduled else row.reason
        if row.state == BulkState.UNDONE:  # while these were processed: they are reverted too
            _undo_late_batch(row, moved, now)
        elif not row.waiting:
            row.state, row.ended_at = BulkState.DONE.value, now
        row.save()
    return bool(row.waiting)


def _is_unscheduled(
    mailbox: Mailbox, row: BulkRow, refs: list[MessageRef], unschedule: Unschedule, now: datetime
) -> bool:
    """Cancel what was to leave later of drafts that are about to be moved; whether there was any."""
    by = account_subject(row.account_id)
    if row.act not in LEAVING_ACTIONS or not unschedule(row.account_id, refs, by=by, now=now):
        return False
    mailbox.flag(refs, (), (Flag.SCHEDULED,))
    return True


def _apply(mailbox: Mailbox, row: BulkRow, refs: list[MessageRef], home: str) -> list[Batch]:
    """Apply the action; what an undo must revert."""
    result = apply_action(mailbox, Action(row.act), refs, to=row.to or home, mark=_mark_of(row))
    affected = tuple(refs) if row.act in _OPPOSITES else result.moved
    return [] if row.is_final else _batches((ref, home) for ref in affected)


def _apply_snooze(
    mailbox: Mailbox, row: BulkRow, refs: list[MessageRef], home: str, now: datetime
) -> list[Batch]:
    if row.act == Action.UNSNOOZE:
        snooze.unsnooze_messages(mailbox, row.account_id, refs, home)
        return []
    until = datetime.fromisoformat(row.to)
    reminders = snooze.snooze_messages(mailbox, row.account_id, refs, until, now=now, are_many=True)
    return _batches(snooze.snoozed_places(row.account_id, reminders))


def _undo_late_batch(row: BulkRow, moved: list[Batch], now: datetime) -> None:
    """Add messages moved after the undo was asked for to the undo that runs, else start another."""
    action, mark = _undo_action(row), _mark_of(row)
    undo = (
        BulkRow.objects.select_for_update()
        .filter(account_id=row.account_id, state=BulkState.RUNNING, act=action.value, to=mark, pk__gt=row.pk)
        .first()
    )
    if undo is None:
        _start(row.account_id, action, moved, mark, now=now, due=now)
        return
    undo.waiting = undo.waiting + moved
    undo.total += _count(moved)
    undo.save(update_fields=["waiting", "total"])


def _parsed(entries: list[list[str | int]]) -> list[Batch]:
    return [
        Batch(str(folder), int(validity), str(spans), str(home)) for folder, validity, spans, home in entries
    ]


def _count(batches: Iterable[Batch]) -> int:
    return sum(len(parse_spans(batch.spans)) for batch in batches)


def _batches(places: Iterable[tuple[MessageRef, str]]) -> list[Batch]:
    """Messages, each with the folder an undo moves it to, grouped by both folders."""
    grouped: dict[tuple[str, int, str], list[int]] = defaultdict(list)
    for ref, home in places:
        grouped[ref.folder, ref.uid_validity, home].append(ref.uid)
    return [
        Batch(folder, validity, format_spans(uids), home)
        for (folder, validity, home), uids in grouped.items()
    ]


def delete_old_bulks(*, now: datetime) -> None:
    """Delete bulk actions, and the messages they name, once they can no longer be undone."""
    delete_batch(BulkRow.objects.filter(created_at__lt=now - RETENTION).exclude(state=BulkState.RUNNING))
