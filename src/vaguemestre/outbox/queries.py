"""What a person sees of their messages on their way."""

from collections.abc import Iterable
from datetime import datetime

from vaguemestre.outbox.models import FateRow, OutgoingRow, PassageRow
from vaguemestre.outbox.values import Mark, Outgoing

_IN_VAIN = (Mark.REFUSED, Mark.DELAYED)

_SHOWN = (
    "pk",
    "key",
    "state",
    "due_at",
    "recipients",
    "subject",
    "reason",
    "created_at",
    "submitted_at",
    "filed_at",
)


def find_outgoing(account_id: int, key: str) -> Outgoing | None:
    row = OutgoingRow.objects.filter(account_id=account_id, key=key).only(*_SHOWN).first()
    return _shown(row) if row else None


def waiting_messages(account_id: int, *, limit: int = 200) -> tuple[Outgoing, ...]:
    """Held, leaving or refused, the next to leave first; those sent or taken back are elsewhere."""
    rows = OutgoingRow.objects.filter(account_id=account_id, state__in=_open_states()).only(*_SHOWN)
    return tuple(_shown(row) for row in rows.order_by("due_at")[:limit])


def queue_depth() -> int:
    """How many messages of everybody should have left by their hour and have not been filed."""
    states = (OutgoingRow.State.QUEUED, OutgoingRow.State.SUBMITTED)
    return OutgoingRow.objects.filter(state__in=states).count()


def kept_back(account_id: int) -> int:
    """How many messages of an account wait for somebody to decide: stopped here, or held at the door."""
    stopped = OutgoingRow.objects.filter(account_id=account_id, state=OutgoingRow.State.STOPPED).count()
    held = PassageRow.objects.filter(account_id=account_id, hold=PassageRow.Hold.HELD).count()
    return stopped + held


def refused_lately(account_id: int, since: datetime, *, limit: int) -> list[tuple[datetime, str, str, str]]:
    """(when, recipient, status, the other server's words) of what an account sent in vain, newest first."""
    rows = FateRow.objects.filter(passage__account_id=account_id, mark__in=_IN_VAIN, at__gte=since)
    return list(rows.order_by("-at").values_list("at", "recipient", "status", "words")[:limit])


def _open_states() -> Iterable[str]:
    state = OutgoingRow.State
    return (state.HELD, state.QUEUED, state.REFUSED)


def _shown(row: OutgoingRow) -> Outgoing:
    return Outgoing(
        id=row.pk,
        key=row.key,
        state=row.state,
        due_at=row.due_at,
        recipients=tuple(row.recipients),
        subject=row.subject,
        reason=row.reason,
        created_at=row.created_at,
        submitted_at=row.submitted_at,
        filed_at=row.filed_at,
    )
