"""Queries on imports and exports."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from vaguemestre.mailbox.portability.models import Move
from vaguemestre.mailbox.portability.values import IMAPS_PORT, Kind, Left, Shown, State, Tally

MAX_SHOWN = 20


def moves_of(account_id: int) -> tuple[Shown, ...]:
    """The account's latest imports and exports, newest first."""
    return tuple(map(describe_move, Move.objects.filter(account_id=account_id)[:MAX_SHOWN]))


def stored_file(account_id: int, move_id: int) -> tuple[str, str] | None:
    """(name on disk, file name) of a finished export; None if its file is gone."""
    exports = (Kind.EXPORT, Kind.SEALED)
    row = Move.objects.filter(
        account_id=account_id, pk=move_id, kind__in=exports, state=State.DONE
    ).exclude(stored="").first()  # fmt: skip
    return (row.stored, row.name) if row else None


def server_typed(account_id: int, move_id: int) -> dict[str, str]:
    """What the person typed of the server of an import, but its password; empty for another's move."""
    row = Move.objects.filter(account_id=account_id, pk=move_id, kind=Kind.SERVER).first()
    if row is None:
        return {}
    port = "" if row.server["port"] == IMAPS_PORT else f":{row.server['port']}"
    where = "apart" if row.apart else ""
    return {"host": f"{row.server['host']}{port}", "username": row.server["username"], "where": where}


def files_over(before: datetime) -> tuple[tuple[int, str], ...]:
    """(move id, name on disk) of expired files; "" for an expired password."""
    rows = Move.objects.exclude(stored="", sealed=b"").filter(ended_at__lt=before)
    return tuple(rows.values_list("pk", "stored"))


def describe_move(row: Move) -> Shown:
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


def tally_of(data: Mapping[str, Any]) -> Tally:
    """The tally stored in a row."""
    left = tuple(Left(**item) for item in data.get("left", ()))
    return Tally(**{**data, "left": left})


def stored_name(move_id: int) -> str:
    """The file's name on disk; "" if it was deleted."""
    return Move.objects.filter(pk=move_id).values_list("stored", flat=True).first() or ""


def stored_file_exists(move_id: int) -> bool:
    """Whether the file of an export is still kept."""
    return Move.objects.filter(pk=move_id).exclude(stored="").exists()
