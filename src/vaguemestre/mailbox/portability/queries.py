"""Reading one's own moves; never somebody else's."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from vaguemestre.mailbox.portability.models import Move
from vaguemestre.mailbox.portability.values import Kind, Left, Shown, State, Tally

MOST_SHOWN = 20


def moves_of(account_id: int) -> tuple[Shown, ...]:
    """The last moves first."""
    return tuple(map(shown, Move.objects.filter(account_id=account_id)[:MOST_SHOWN]))


def is_moving(account_id: int) -> bool:
    return Move.objects.filter(account_id=account_id, state=State.RUNNING).exists()


def stored_file(account_id: int, move_id: int) -> tuple[str, str] | None:
    """(name on the disk, name to give it) of an export that is ready."""
    taken = (Kind.EXPORT, Kind.SEALED)
    row = Move.objects.filter(
        account_id=account_id, pk=move_id, kind__in=taken, state=State.DONE
    ).exclude(stored="").first()  # fmt: skip
    return (row.stored, row.name) if row else None


def files_over(before: datetime) -> tuple[tuple[int, str], ...]:
    """(move, name on the disk) of what was kept long enough; "" where only a password was."""
    rows = Move.objects.exclude(stored="", sealed=b"").filter(ended_at__lt=before)
    return tuple(rows.values_list("pk", "stored"))


def shown(row: Move) -> Shown:
    return Shown(
        row.pk,
        Kind(row.kind),
        State(row.state),
        row.name,
        tally_of(row.tally),
        row.trouble,
        row.begun_at,
        row.ended_at,
        is_kept=bool(row.stored or row.sealed),
    )


def tally_of(kept: Mapping[str, Any]) -> Tally:
    """A tally as its row keeps it."""
    left = tuple(Left(**one) for one in kept.get("left", ()))
    return Tally(**{**kept, "left": left})


def stored_name(move_id: int) -> str:
    """The name on the disk; "" when there is no file any more."""
    return Move.objects.filter(pk=move_id).values_list("stored", flat=True).first() or ""


def stored_file_exists(move_id: int) -> bool:
    """Whether the file of an export is still kept."""
    return Move.objects.filter(pk=move_id).exclude(stored="").exists()
