"""Reading of a workbook in the sandbox (`ports.ReadSheet`): its rows, or why there are none, as JSON."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.compose.rules.mail_merge import (
    MAX_CELL_CHARACTERS,
    MAX_CHARACTERS,
    MAX_COLUMNS,
    MAX_ROWS,
)
from vaguemestre.mailbox.compose.rules.sheets import ods, xlsx
from vaguemestre.mailbox.compose.rules.sheets.archive import (
    Archive,
    Limits,
    Rows,
    SheetFull,
    UnreadableSheet,
)
from vaguemestre.mailbox.compose.values import TableRow

_LIMITS = Limits(MAX_ROWS + 1, MAX_COLUMNS, MAX_CELL_CHARACTERS, MAX_CHARACTERS)  # the header is a row


def perform(
    _request: Mapping[str, Any], blobs: Sequence[bytes], _ask: Callable[[str, str], str | None]
) -> dict[str, Any]:
    """The rows of the first sheet; `unreadable` when this is no workbook, `heavy` when it says too much."""
    rows = Rows(_LIMITS)
    try:
        archive = Archive(blobs[0])
        read = xlsx.read_xlsx if archive.has(xlsx.WORKBOOK) else ods.read_ods
        with suppress(SheetFull):
            read(archive, rows)
    except UnreadableSheet:
        return {"unreadable": True}
    return {"heavy": True} if rows.is_heavy else {"rows": rows.kept, "sheets": rows.sheets}


def sheets_in(answer: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the sheets shown that hold something, the first of which was read."""
    return tuple(map(str, answer.get("sheets", ())))


def rows_in(answer: Mapping[str, Any]) -> list[TableRow]:
    """The rows that `perform` read. Raises Refusal `compose.table-unreadable`, `compose.table-too-heavy`."""
    if "unreadable" in answer:
        raise Refusal("compose.table-unreadable")
    if "heavy" in answer:
        raise Refusal("compose.table-too-heavy", most=MAX_CHARACTERS // 1_000_000)
    return [TableRow(*row) for row in answer["rows"]]
