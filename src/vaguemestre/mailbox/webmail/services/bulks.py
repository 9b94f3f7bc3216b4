"""One act on thousands of messages: asked by the page, carried out by the worker, told and undone."""

import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.kernel.errors import EngineRefused, Refusal
from vaguemestre.mailbox.webmail.events import BulkAsked
from vaguemestre.mailbox.webmail.models import BulkRow
from vaguemestre.mailbox.webmail.rules.listing import snooze as moments
from vaguemestre.mailbox.webmail.rules.listing.labels import checked_mark
from vaguemestre.mailbox.webmail.rules.listing.spans import spans, uids
from vaguemestre.mailbox.webmail.services import snooze
from vaguemestre.mailbox.webmail.services.acts import MOST, act_on
from vaguemestre.mailbox.webmail.values import TIMED, Act
from vaguemestre.post.mailstore.ports import Mailbox, OpenMailbox
from vaguemestre.post.mailstore.values import Clause, MailLogin, MessageRef, Use, View, Where

# Marks, what undoes each, and which messages want it: an undo must not unmark what was marked before.
_UNDONE = {
    Act.READ: Act.UNREAD, Act.UNREAD: Act.READ, Act.FLAG: Act.UNFLAG, Act.UNFLAG: Act.FLAG,
    Act.LABEL: Act.UNLABEL, Act.UNLABEL: Act.LABEL,
}  # fmt: skip
_WANTING = {
    Act.READ: Clause(Where.UNREAD), Act.UNREAD: Clause(Where.READ),
    Act.FLAG: Clause(Where.FLAGGED, is_not=True), Act.UNFLAG: Clause(Where.FLAGGED),
    Act.LABEL: Clause(Where.LABEL, is_not=True), Act.UNLABEL: Clause(Where.LABEL),
}  # fmt: skip
ACTS = frozenset({Act.ARCHIVE, Act.DELETE, Act.JUNK, Act.NOT_JUNK, Act.MOVE, Act.PUT_OFF, *_UNDONE})
REGRET = timedelta(seconds=10)  # before what nothing brings back
_KEPT = timedelta(days=1)
_GO = 20.0  # seconds at a stretch, then others have their turn

type Waiting = list[list[str | int]]
"""[folder, UIDVALIDITY, UIDs as a set, where an undo puts them]."""


def start_bulk(
    mailbox: Mailbox, account_id: int, act: Act, folder: str, view: View, *, now: datetime, to: str = ""
) -> BulkRow:
    """Do `act` to every message that `view` shows of `folder`, beginning now; what is final, in ten seconds.

    `to`: where MOVE puts them, the keyword of a LABEL, until when (ISO) PUT_OFF puts them off.
    Raises FolderGone, EngineDown, Refusal `webmail.bulk-running`, `webmail.label-unknown`, ValueError for an
    act that cannot be undone in one go.
    """
    if act not in ACTS:
        raise ValueError(act)
    if act in {Act.LABEL, Act.UNLABEL}:
        to = checked_mark(to)
    if wanting := _WANTING.get(act):
        only = replace(wanting, value=to) if wanting.where is Where.LABEL else wanting
        view = replace(view, clauses=(*view.clauses, only), is_grouped=False)
    uses = {one.name: one.use for one in mailbox.folders()}
    is_final = act is Act.DELETE and uses.get(folder) in {Use.TRASH, Use.JUNK}
    shown = mailbox.refs(folder, view)
    waiting = _waiting((ref, ref.folder) for ref in shown if act is not Act.MOVE or ref.folder != to)
    return _start(
        account_id, act, waiting, to, now=now, due=now + REGRET if is_final else now, is_final=is_final
    )


@transaction.atomic(durable=True)
def _start(
    account_id: int,
    act: Act,
    waiting: Waiting,
    to: str,
    *,
    now: datetime,
    due: datetime,
    is_final: bool = False,
) -> BulkRow:
    mine = BulkRow.objects.filter(account_id=account_id)
    mine.filter(created_at__lt=now - _KEPT).delete()
    if mine.filter(state="running").exists():
        raise Refusal("webmail.bulk-running")
    total = sum(len(uids(str(entry[2]))) for entry in waiting)
    row = mine.create(
        account_id=account_id, act=act.value, to=to, waiting=waiting, total=total,
        is_final=is_final, due_at=due, created_at=now, state="running" if total else "done",
    )  # fmt: skip
    if total:
        announce(BulkAsked(row.pk), due=due if due > now else None)
    return row


def bulk_of(account_id: int, bulk_id: int) -> BulkRow:
    """Raises Refusal `webmail.bulk-over`."""
    row = BulkRow.objects.filter(account_id=account_id, pk=bulk_id).first()
    if row is None:
        raise Refusal("webmail.bulk-over")
    return row


def running_bulk(account_id: int) -> int:
    """The one under way; 0 when there is none."""
    return (
        BulkRow.objects.filter(account_id=account_id, state="running").values_list("pk", flat=True).first()
        or 0
    )


def told_act(row: BulkRow) -> Act:
    """What it is told as: a move that brings back what another one took is no move to whoever undoes."""
    return Act.PUT_BACK if row.act == Act.MOVE and not row.to else Act(row.act)


def undo_bulk(account_id: int, bulk_id: int, *, now: datetime) -> BulkRow:
    """Stop it if it runs, and bring back what it moved; the bulk that does so.

    Raises Refusal `webmail.bulk-over`.
    """
    with transaction.atomic(durable=True):
        row = BulkRow.objects.select_for_update().filter(account_id=account_id, pk=bulk_id).first()
        if row is None or row.state == "undone":
            raise Refusal("webmail.bulk-over")
        moved = row.moved
        row.state, row.ended_at, row.moved = "undone", now, []
        row.save(update_fields=["state", "ended_at", "moved"])
    return _start(account_id, _back(row), moved, _mark_of(row), now=now, due=now)


def _back(row: BulkRow) -> Act:
    if row.act == Act.PUT_OFF:
        return Act.PUT_BACK
    return _UNDONE.get(Act(row.act), Act.MOVE)


def _mark_of(row: BulkRow) -> str:
    return row.to if row.act in {Act.LABEL, Act.UNLABEL} else ""


def carry_out(bulk_id: int, open_mailbox: OpenMailbox, *, now: datetime) -> None:
    """Go on with a bulk for a while, some hundreds of messages at a time; running twice does no harm.

    Raises EngineDown, for the worker to try again.
    """
    until = time.monotonic() + _GO
    row = BulkRow.objects.select_related("account").filter(pk=bulk_id, state="running").first()
    if row is None:
        return
    try:
        with open_mailbox(MailLogin(row.account.mailbox)) as mailbox:
            while time.monotonic() < until and _some(mailbox, bulk_id, now):
                pass
    except (Refusal, EngineRefused) as refused:
        code = refused.code if isinstance(refused, Refusal) else "webmail.bulk-refused"
        BulkRow.objects.filter(pk=bulk_id, state="running").update(
            state="failed", reason=code[:60], ended_at=now
        )
        return
    with transaction.atomic(durable=True):
        if BulkRow.objects.filter(pk=bulk_id, state="running").exists():
            announce(BulkAsked(bulk_id))


def _some(mailbox: Mailbox, bulk_id: int, now: datetime) -> bool:
    """The next few hundred; False when there are none."""
    row = BulkRow.objects.filter(pk=bulk_id, state="running").first()
    if row is None:
        return False
    folder, validity, written, home = row.waiting[0]
    pending, act = uids(written), Act(row.act)
    most = moments.MOST if act in TIMED else MOST
    some, rest = pending[:most], pending[most:]
    refs = [MessageRef(folder, validity, uid) for uid in some]
    moved = _timed(mailbox, row, refs, home, now) if act in TIMED else _done(mailbox, row, refs, home)
    left = [[folder, validity, spans(rest), home]] if rest else []
    with transaction.atomic(durable=True):
        row = BulkRow.objects.select_for_update().get(pk=bulk_id)
        row.waiting, row.done = left + row.waiting[1:], row.done + len(some)
        row.moved = row.moved + moved
        if row.state == "undone":  # meanwhile: these few go back too
            _send_back_too(row, moved, now)
        elif not row.waiting:
            row.state, row.ended_at = "done", now
        row.save()
    return bool(row.waiting)


def _done(mailbox: Mailbox, row: BulkRow, refs: list[MessageRef], home: str) -> Waiting:
    """Do it; what an undo would find, and where."""
    done = act_on(mailbox, Act(row.act), refs, to=row.to or home, mark=_mark_of(row))
    gone = tuple(refs) if row.act in _UNDONE else done.moved
    return [] if row.is_final else _waiting((ref, home) for ref in gone)


def _timed(mailbox: Mailbox, row: BulkRow, refs: list[MessageRef], home: str, now: datetime) -> Waiting:
    if row.act == Act.PUT_BACK:
        snooze.put_back(mailbox, row.account_id, refs, home)
        return []
    until = datetime.fromisoformat(row.to)
    made = snooze.put_off(mailbox, row.account_id, refs, until, now=now, are_many=True)
    return _waiting(snooze.waiting_at(row.account_id, made))


def _send_back_too(row: BulkRow, moved: Waiting, now: datetime) -> None:
    """The undo that runs takes what was moved while it was asked for; one that is over, another does."""
    back, mark = _back(row), _mark_of(row)
    under_way = (
        BulkRow.objects.select_for_update()
        .filter(account_id=row.account_id, state="running", act=back.value, to=mark, pk__gt=row.pk)
        .first()
    )
    if under_way is None:
        _start(row.account_id, back, moved, mark, now=now, due=now)
        return
    under_way.waiting = under_way.waiting + moved
    under_way.total += sum(len(uids(str(entry[2]))) for entry in moved)
    under_way.save(update_fields=["waiting", "total"])


def _waiting(refs: Iterable[tuple[MessageRef, str]]) -> Waiting:
    """By folder and where an undo puts them."""
    boxes: dict[tuple[str, int, str], list[int]] = defaultdict(list)
    for ref, home in refs:
        boxes[ref.folder, ref.uid_validity, home].append(ref.uid)
    return [[folder, validity, spans(found), home] for (folder, validity, home), found in boxes.items()]
