"""Decisions of a list's managers on a letter."""

from datetime import datetime

from django.db import transaction

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import list_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.schools.lists.events import FanoutDue, NoticeDue
from vaguemestre.schools.lists.models import ListLetter
from vaguemestre.schools.lists.services.administration import managed_list
from vaguemestre.schools.lists.values import NoticeKind, State

_PENDING = (State.HELD, State.SCHEDULED)


@transaction.atomic(durable=True)
def accept_letter(
    list_id: int, account_id: int, public_id: str, *, due_at: datetime | None, by: str, now: datetime
) -> None:
    """Distribute the letter now, or at `due_at`.

    Raises Refusal `lists.gone`, `lists.decided-already`, `lists.later-is-past`.
    """
    row = _letter(list_id, account_id, public_id, now)
    if due_at is not None and due_at <= now:
        raise Refusal("lists.later-is-past")
    _decide(row, State.SCHEDULED if due_at else State.SENDING, account_id, now)
    ListLetter.objects.filter(pk=row.pk).update(due_at=due_at)
    record("lists.letter-accepted", to=list_subject(list_id), by=by, at=now, letter=str(row.public_id))
    announce(FanoutDue(row.pk), due=due_at)


@transaction.atomic(durable=True)
def refuse_letter(
    list_id: int, account_id: int, public_id: str, note: str, *, by: str, now: datetime
) -> None:
    """Refuse the letter and notify its author. Raises Refusal `lists.gone`, `lists.decided-already`."""
    row = _letter(list_id, account_id, public_id, now)
    _decide(row, State.REFUSED, account_id, now)
    ListLetter.objects.filter(pk=row.pk).update(note=note[:300], reason="lists.refused-by-keeper")
    record("lists.letter-refused", to=list_subject(list_id), by=by, at=now, letter=str(row.public_id))
    announce(NoticeDue(row.pk, NoticeKind.REFUSED))


@transaction.atomic(durable=True)
def drop_letter(list_id: int, account_id: int, public_id: str, *, by: str, now: datetime) -> None:
    """Drop the letter without notice. Raises Refusal `lists.gone`, `lists.decided-already`."""
    row = _letter(list_id, account_id, public_id, now)
    _decide(row, State.DROPPED, account_id, now)
    record("lists.letter-dropped", to=list_subject(list_id), by=by, at=now, letter=str(row.public_id))


@transaction.atomic(durable=True)
def unschedule_letter(list_id: int, account_id: int, public_id: str, *, by: str, now: datetime) -> None:
    """Take the hour of a scheduled letter away: it awaits a decision again.

    Raises Refusal `lists.gone`, `lists.decided-already`.
    """
    row = _letter(list_id, account_id, public_id, now)
    scheduled = ListLetter.objects.filter(pk=row.pk, state=State.SCHEDULED)
    if not scheduled.update(state=State.HELD, due_at=None, decided_by=None, decided_at=None):
        raise Refusal("lists.decided-already")
    record("lists.letter-unscheduled", to=list_subject(list_id), by=by, at=now, letter=str(row.public_id))


@transaction.atomic(durable=True)
def stop_letter(list_id: int, account_id: int, public_id: str, *, by: str, now: datetime) -> None:
    """Stop the fan-out; copies already submitted are delivered. Idempotent. Raises Refusal `lists.gone`."""
    row = _letter(list_id, account_id, public_id, now)
    if ListLetter.objects.filter(pk=row.pk, state=State.SENDING).update(state=State.STOPPED):
        record("lists.letter-stopped", to=list_subject(list_id), by=by, at=now, letter=str(row.public_id))


@transaction.atomic(durable=True)
def resume_letter(list_id: int, account_id: int, public_id: str, *, by: str, now: datetime) -> None:
    """Resume a stopped fan-out; no copy is sent twice. Raises Refusal `lists.gone`."""
    row = _letter(list_id, account_id, public_id, now)
    if ListLetter.objects.filter(pk=row.pk, state=State.STOPPED).update(state=State.SENDING):
        record("lists.letter-resumed", to=list_subject(list_id), by=by, at=now, letter=str(row.public_id))
        announce(FanoutDue(row.pk))


def _letter(list_id: int, account_id: int, public_id: str, now: datetime) -> ListLetter:
    managed_list(list_id, account_id, now)
    row = ListLetter.objects.filter(list_id=list_id, public_id=public_id).first()
    if row is None:
        raise Refusal("lists.gone")
    return row


def _decide(row: ListLetter, state: State, account_id: int, now: datetime) -> None:
    pending = ListLetter.objects.filter(pk=row.pk, state__in=_PENDING)
    if not pending.update(state=state, decided_by_id=account_id, decided_at=now):
        raise Refusal("lists.decided-already")
