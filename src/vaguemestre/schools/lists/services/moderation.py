"""What those who keep a list decide of a letter."""

from datetime import datetime

from django.db import transaction

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.schools.lists.events import LetterGoesOn, NoticeDue
from vaguemestre.schools.lists.models import LetterRow
from vaguemestre.schools.lists.services.administration import kept
from vaguemestre.schools.lists.values import State

_WAITING = (State.HELD, State.SCHEDULED)


@transaction.atomic(durable=True)
def accept_letter(
    list_id: int, account_id: int, public_id: str, *, due_at: datetime | None, by: str, now: datetime
) -> None:
    """It goes through now, or at that hour. Twice is once.

    Raises Refusal `lists.gone`, `lists.decided-already`, `lists.later-is-past`.
    """
    row = _letter(list_id, account_id, public_id, now)
    if due_at is not None and due_at <= now:
        raise Refusal("lists.later-is-past")
    _decide(row, State.SCHEDULED if due_at else State.SENDING, account_id, now)
    LetterRow.objects.filter(pk=row.pk).update(due_at=due_at)
    record("lists.letter-accepted", to=f"list:{list_id}", by=by, at=now, letter=str(row.public_id))
    announce(LetterGoesOn(row.pk), due=due_at)


@transaction.atomic(durable=True)
def refuse_letter(
    list_id: int, account_id: int, public_id: str, note: str, *, by: str, now: datetime
) -> None:
    """Its author is told, with the note. Raises Refusal `lists.gone`, `lists.decided-already`."""
    row = _letter(list_id, account_id, public_id, now)
    _decide(row, State.REFUSED, account_id, now)
    LetterRow.objects.filter(pk=row.pk).update(note=note[:300], reason="lists.refused-by-keeper")
    record("lists.letter-refused", to=f"list:{list_id}", by=by, at=now, letter=str(row.public_id))
    announce(NoticeDue(row.pk, "refused"))


@transaction.atomic(durable=True)
def drop_letter(list_id: int, account_id: int, public_id: str, *, by: str, now: datetime) -> None:
    """Nobody is told. Raises Refusal `lists.gone`, `lists.decided-already`."""
    row = _letter(list_id, account_id, public_id, now)
    _decide(row, State.DROPPED, account_id, now)
    record("lists.letter-dropped", to=f"list:{list_id}", by=by, at=now, letter=str(row.public_id))


@transaction.atomic(durable=True)
def stop_letter(list_id: int, account_id: int, public_id: str, *, by: str, now: datetime) -> None:
    """No further copy leaves; those handed over arrive. Twice is once. Raises Refusal `lists.gone`."""
    row = _letter(list_id, account_id, public_id, now)
    if LetterRow.objects.filter(pk=row.pk, state=State.SENDING).update(state=State.STOPPED):
        record("lists.letter-stopped", to=f"list:{list_id}", by=by, at=now, letter=str(row.public_id))


@transaction.atomic(durable=True)
def go_on(list_id: int, account_id: int, public_id: str, *, by: str, now: datetime) -> None:
    """What was stopped leaves again, each copy still once. Raises Refusal `lists.gone`."""
    row = _letter(list_id, account_id, public_id, now)
    if LetterRow.objects.filter(pk=row.pk, state=State.STOPPED).update(state=State.SENDING):
        record("lists.letter-resumed", to=f"list:{list_id}", by=by, at=now, letter=str(row.public_id))
        announce(LetterGoesOn(row.pk))


def _letter(list_id: int, account_id: int, public_id: str, now: datetime) -> LetterRow:
    kept(list_id, account_id, now)
    row = LetterRow.objects.filter(list_id=list_id, public_id=public_id).first()
    if row is None:
        raise Refusal("lists.gone")
    return row


def _decide(row: LetterRow, state: State, account_id: int, now: datetime) -> None:
    waiting = LetterRow.objects.filter(pk=row.pk, state__in=_WAITING)
    if not waiting.update(state=state, decided_by_id=account_id, decided_at=now):
        raise Refusal("lists.decided-already")
