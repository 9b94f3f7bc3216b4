"""Held mail: released once or discarded, by its sender who proved it is theirs, or by the help desk."""

from datetime import datetime, timedelta

from django.db import transaction

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.post.outbox.events import HoldEnded
from vaguemestre.post.outbox.models import PassageRow, SenderRow
from vaguemestre.post.outbox.ports import EndHold

CONFIRMED_FOR = timedelta(hours=12)
BULK_FOR = timedelta(hours=24)
MOST_BULK = 5000
_Hold = PassageRow.Hold


@transaction.atomic(durable=True)
def release_held(
    account_id: int, passage_ids: list[int], *, by: str, now: datetime, reason: str = ""
) -> list[HoldEnded]:
    """Let the account's held messages go. Returns what follows, already announced.

    The person has just proved who they are (or the desk answers for it): for half a day, no burst of that
    account is held. A message already released or discarded is left alone.
    """
    SenderRow.objects.update_or_create(
        account_id=account_id, defaults={"confirmed_until": now + CONFIRMED_FOR}
    )
    return _end(account_id, passage_ids, _Hold.RELEASED, by, now, reason)


@transaction.atomic(durable=True)
def discard_held(
    account_id: int, passage_ids: list[int], *, by: str, now: datetime, reason: str = ""
) -> list[HoldEnded]:
    """Throw the account's held messages away: nobody receives them."""
    return _end(account_id, passage_ids, _Hold.DISCARDED, by, now, reason)


def end_hold(passage_id: int, engine: EndHold) -> None:
    """Make the queue match what was decided. May run twice: what is no longer held there is left alone."""
    row = PassageRow.objects.get(pk=passage_id)
    if row.hold in (_Hold.RELEASED, _Hold.DISCARDED):
        engine(row.queue_id, discard=row.hold == _Hold.DISCARDED)


def expect_bulk(account_id: int, recipients: int, *, by: str, now: datetime) -> None:
    """A large send was announced by somebody who just proved who they are: it is not counted.

    Inside the caller's transaction. That many recipients pass the door uncounted, within a day.
    Raises Refusal `outbox.bulk-too-many`.
    """
    if recipients > MOST_BULK:
        raise Refusal("outbox.bulk-too-many", most=MOST_BULK)
    row, _ = SenderRow.objects.get_or_create(account_id=account_id)
    left = row.bulk_left if row.bulk_until and row.bulk_until > now else 0
    row.bulk_left, row.bulk_until = min(MOST_BULK, left + recipients), now + BULK_FOR
    row.save(update_fields=("bulk_left", "bulk_until"))
    record("outbox.bulk-expected", to=f"account:{account_id}", by=by, at=now, recipients=recipients)


def _end(
    account_id: int, passage_ids: list[int], how: str, by: str, now: datetime, reason: str
) -> list[HoldEnded]:
    ended = []
    why = {"reason": reason} if reason else {}
    for passage_id in passage_ids:
        mine = PassageRow.objects.filter(pk=passage_id, account_id=account_id, hold=_Hold.HELD)
        if mine.update(hold=how):
            record(f"outbox.hold-{how}", to=f"account:{account_id}", by=by, at=now, passage=passage_id, **why)
            announce(HoldEnded(passage_id))
            ended.append(HoldEnded(passage_id))
    return ended
