"""The work of a removal, mailbox after mailbox: count, remove, give back. Any of it may be run again."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from vaguemestre.access.signin.events import AccountTouched
from vaguemestre.desks.removals.events import RemovalDue
from vaguemestre.desks.removals.models import Removal, RemovalBox, TakenCopy
from vaguemestre.desks.removals.ports import MailCopies
from vaguemestre.desks.removals.queries import accounts_caught, criteria_of, possible_holders
from vaguemestre.desks.removals.rules.decisions import ENDS, GOALS, RUNNING, delay_after, needs_second_person
from vaguemestre.desks.removals.rules.returns import copies_to_return
from vaguemestre.desks.removals.services.looks import look_for, stored_look
from vaguemestre.desks.removals.services.targets import MailboxesOf, Targets, TargetSearch, list_boxes
from vaguemestre.desks.removals.values import BoxPhase, MailCopy, RemovalState, SoughtMail
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused
from vaguemestre.people.credentials.queries import has_mail_service
from vaguemestre.post.mailstore.values import Flag

_SLICE = timedelta(seconds=5)
_BATCH = 50


@dataclass(frozen=True)
class PassContext:
    copies: MailCopies
    clock: Callable[[], datetime]
    limit: int  # mailboxes: above, a second person approves
    mailboxes_of: MailboxesOf
    marks_key: str
    clicked: Collection[int] = ()  # accounts that followed a link of the message, while it is removed


def run_pass(removal_id: int, number: int, context: PassContext) -> None:
    """Treat mailboxes for a few seconds, then leave the rest to the next job.

    Does nothing if the order changed since (`number`). A mailbox that fails is tried again later, and delays
    no other.
    """
    row = Removal.objects.filter(pk=removal_id, number=number, state__in=RUNNING).first()
    if row is None:
        return
    looks = row.state in (RemovalState.COUNTING, RemovalState.REMOVING)
    search = TargetSearch(context.mailboxes_of, context.marks_key)
    targets = list_boxes(row, search) if looks else Targets(frozenset())
    if row.state == RemovalState.REMOVING and _has_outgrown(row, context.limit):
        _stop(row, context.clock())
        return
    if row.state == RemovalState.REMOVING:
        context = replace(context, clicked=accounts_caught(row.pk, criteria_of(row)))
    until = context.clock() + _SLICE
    while boxes := list(_due(row, context.clock())[:_BATCH]):
        for box in boxes:
            if context.clock() >= until or not _is_current(row):
                _go_on(row, context.clock())
                return
            _treat(row, box, context, targets)
    _go_on(row, context.clock())


def _has_outgrown(row: Removal, limit: int) -> bool:
    """Whether more mailboxes are concerned by now than one person alone may decide on."""
    return needs_second_person(possible_holders(row), limit, row.approved_by)


def _stop(row: Removal, now: datetime) -> None:
    """Stop the removal. Copies already removed stay so; going on takes a new decision."""
    current = Removal.objects.filter(pk=row.pk, number=row.number)
    current.update(state=RemovalState.STOPPED, number=row.number + 1, changed_at=now)


def _is_current(row: Removal) -> bool:
    return Removal.objects.filter(pk=row.pk, number=row.number).exists()


def _pending(row: Removal) -> "QuerySet[RemovalBox]":
    """The mailboxes where the order is not carried out yet, whatever became of former attempts."""
    rows = RemovalBox.objects.filter(removal=row).exclude(phase=GOALS[RemovalState(row.state)])
    if row.state in (RemovalState.RESTORING, RemovalState.REDOING):
        return rows.filter(pk__in=TakenCopy.objects.filter(box__removal=row).values("box"))
    return rows


def _due(row: Removal, now: datetime) -> "QuerySet[RemovalBox]":
    is_due = Q(next_try_at__lte=now) | Q(next_try_at=None, error="")
    return _pending(row).filter(is_due).order_by("pk")


@transaction.atomic(durable=True)
def _go_on(row: Removal, now: datetime) -> None:
    """Order the next slice, or end: counting ends when each mailbox was asked once."""
    current = Removal.objects.select_for_update().filter(pk=row.pk, number=row.number).first()
    if current is None:
        return
    if _due(row, now).exists():
        announce(RemovalDue(row.pk, row.number))
        return
    retries = _pending(row).exclude(next_try_at=None).order_by("next_try_at")
    next_try_at = retries.values_list("next_try_at", flat=True).first()
    if next_try_at is not None:
        announce(RemovalDue(row.pk, row.number), due=next_try_at)
    if next_try_at is None or current.state == RemovalState.COUNTING:
        current.state, current.changed_at = ENDS[RemovalState(current.state)], now
        current.save(update_fields=("state", "changed_at"))


def _treat(row: Removal, box: RemovalBox, context: PassContext, targets: Targets) -> None:
    try:
        if row.state == RemovalState.RESTORING:
            _restore(row, box, context)
        elif row.state == RemovalState.REDOING:
            _redo(row, box, context)
        else:
            treat = _count if row.state == RemovalState.COUNTING else _remove
            treat(row, box, context, targets)
    except (EngineDown, EngineRefused) as error:
        box.attempts += 1
        delay = delay_after(box.attempts)
        box.error = str(error)[:300] or "error"
        box.next_try_at = context.clock() + delay if delay else None
        box.save(update_fields=("attempts", "error", "next_try_at"))


def _count(row: Removal, box: RemovalBox, context: PassContext, targets: Targets) -> None:
    sought = targets.sought_in(box, row.subject)
    look = context.copies.look(box.mailbox, sought)
    box.found = stored_look(look, sought)
    _set_counts(box, look.copies)
    _settle(box, BoxPhase.COUNTED)


def _remove(row: Removal, box: RemovalBox, context: PassContext, targets: Targets) -> None:
    """Each copy is recorded before it moves, so that a process killed in between loses none.

    Raises EngineDown if one is not out of sight afterwards: its owner moved it meanwhile.
    """
    copies = _copies_now(box, context, targets.sought_in(box, row.subject))
    with transaction.atomic(durable=True):
        known = set(TakenCopy.objects.filter(box=box).values_list("folder", "guid"))
        TakenCopy.objects.bulk_create(
            TakenCopy(box=box, folder=copy.folder, guid=copy.guid)
            for copy in copies
            if (copy.folder, copy.guid) not in known
        )
    _put_away(box, context, copies)
    with transaction.atomic(durable=True):
        count = TakenCopy.objects.filter(box=box).count()
        if copies:
            _set_counts(box, copies)
        _settle(box, BoxPhase.REMOVED)
        _record_for_owner(row, box, "removals.copies-removed", count, row.decided_by, context.clock())
        if count:
            _warn_owner(row, box, context)


def _copies_now(box: RemovalBox, context: PassContext, sought: SoughtMail) -> Sequence[MailCopy]:
    """What counting found, if it still holds: a look costs as much as a move."""
    look = look_for(box.found, sought)
    if look is not None and context.copies.state(box.mailbox) == look.state:
        return look.copies
    return context.copies.find_copies(box.mailbox, sought)


def _redo(row: Removal, box: RemovalBox, context: PassContext) -> None:
    """Put away again the copies already recorded that a restored mailbox shows, wherever they are now."""
    recorded = TakenCopy.objects.filter(box=box)
    copies = context.copies.find_guids(box.mailbox, sorted(set(recorded.values_list("guid", flat=True))))
    with transaction.atomic(durable=True):
        recorded.filter(guid__in=[copy.guid for copy in copies]).delete()
        TakenCopy.objects.bulk_create(
            TakenCopy(box=box, folder=copy.folder, guid=copy.guid) for copy in copies
        )
    _put_away(box, context, copies)
    with transaction.atomic(durable=True):
        box.copies = recorded.count()
        _settle(box, BoxPhase.REMOVED)
        by = row.decided_by or row.asked_by
        _record_for_owner(row, box, "removals.copies-removed", len(copies), by, context.clock())


def _put_away(box: RemovalBox, context: PassContext, copies: Sequence[MailCopy]) -> None:
    """Raises EngineDown if a copy is not out of sight afterwards."""
    uids = _by_folder((copy.folder, copy.uid) for copy in copies)
    if context.copies.remove_copies(box.mailbox, uids) == len(copies):
        return
    removed = Counter(guid for _, guid in context.copies.list_removed(box.mailbox))
    if Counter(copy.guid for copy in copies) - removed:
        raise EngineDown("une copie a changé de dossier entre-temps : elle sera reprise")


def _restore(row: Removal, box: RemovalBox, context: PassContext) -> None:
    if box.account_id is not None and not has_mail_service(box.account_id):
        box.error, box.next_try_at = "boîte fermée : rien n’y est remis", None
        box.save(update_fields=("error", "next_try_at"))
        return
    copies = list(TakenCopy.objects.filter(box=box).order_by("pk").values_list("folder", "guid"))
    if _are_alone(box, copies):
        context.copies.restore_guids(box.mailbox, _by_folder(copies))
    else:
        back = copies_to_return(copies, context.copies.list_removed(box.mailbox))
        context.copies.restore_copies(box.mailbox, back.uids)
    with transaction.atomic(durable=True):
        count = TakenCopy.objects.filter(box=box).delete()[0]
        _settle(box, BoxPhase.RESTORED)
        _record_for_owner(row, box, "removals.copies-restored", count, row.decided_by, context.clock())


def _are_alone(box: RemovalBox, kept: Sequence[tuple[str, str]]) -> bool:
    """Whether nothing else with these GUIDs was put away there: to list what is costs as much as to move it.

    Copies that a mailbox has of one message in several folders bear one GUID.
    """
    guids = {guid for _, guid in kept}
    return len(guids) == TakenCopy.objects.filter(box__mailbox=box.mailbox, guid__in=guids).count()


def _by_folder[T](copies: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    places: dict[str, list[T]] = defaultdict(list)
    for folder, copy in copies:
        places[folder].append(copy)
    return dict(places)


def _set_counts(box: RemovalBox, copies: Sequence[MailCopy]) -> None:
    box.copies = len(copies)
    box.seen = sum(Flag.SEEN in copy.flags for copy in copies)
    box.answered = sum(Flag.ANSWERED in copy.flags for copy in copies)


def _settle(box: RemovalBox, phase: BoxPhase) -> None:
    box.phase, box.error, box.attempts, box.next_try_at = phase, "", 0, None
    if phase != BoxPhase.COUNTED:
        box.found = None
    box.save()


def _warn_owner(row: Removal, box: RemovalBox, context: PassContext) -> None:
    """Tell whoever answered the message, or followed a link of it: they may have given a secret away."""
    deeds = []
    if box.answered:
        deeds.append("Vous y aviez répondu.")
    if box.account_id in context.clicked:
        deeds.append("Vous aviez suivi un de ses liens.")
    if deeds and box.account_id is not None:
        detail = " ".join([f"Expéditeur : {row.sender}.", *deeds] if row.sender else deeds)
        at = context.clock().isoformat()
        announce(AccountTouched(box.account_id, "dangerous-mail", at, detail=detail))


def _record_for_owner(row: Removal, box: RemovalBox, act: str, count: int, by: str, now: datetime) -> None:
    """Record the act in the owner's activity: the sender if known, never the text nor the subject."""
    if count and box.account_id is not None:
        named = {"name": row.sender} if row.sender else {}
        record(act, to=account_subject(box.account_id), by=by, at=now, count=count, **named)
