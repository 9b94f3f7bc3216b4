"""Reading of an uploaded file in the sandbox (`ports.ReadApart`): what it answers, as JSON, and back.

Keys stay outside: identifiers become digests only once the answer is back.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.intake.feed_parsers.csv_lines import Line, Table, read_table
from vaguemestre.people.intake.values import RefusedLine
from vaguemestre.schools.rosters.aaf.csv import COLUMNS
from vaguemestre.schools.rosters.aaf.xml import chunks_of, read_requests
from vaguemestre.schools.rosters.values import AafAct, AafCategory, AafRequest

MAX_RECORDS = 60_000  # lines or requests: a school of 5,000 pupils in ten groups each


def perform(
    request: Mapping[str, Any], blobs: Sequence[bytes], _ask: Callable[[str, str], str | None]
) -> dict[str, Any]:
    """The lines of a CSV or the requests of an export, or the refusal of the file."""
    name, content = str(request["name"]), blobs[0]
    try:
        return _lines(content) if name.lower().endswith(".csv") else {"requests": _requests(content, name)}
    except Refusal as refusal:
        return {"refusal": refusal.code, "facts": dict(refusal.facts)}


def table_in(answer: Mapping[str, Any]) -> Table:
    """The table that `perform` answered. Raises the Refusals of `csv_lines.open_sheet`."""
    _check(answer)
    lines = (Line(number, "", dict(zip(COLUMNS, cells, strict=True))) for number, *cells in answer["lines"])
    refused = (RefusedLine(number, column, reason, "") for number, column, reason in answer["refused"])
    return Table(tuple(lines), tuple(refused), tuple(answer["notices"]))


def requests_in(answer: Mapping[str, Any], name: str) -> Iterator[AafRequest]:
    """The requests that `perform` answered. Raises Refusal `rosters.file-broken`."""
    _check(answer)
    for act, category, export_id, attributes, line in answer["requests"]:
        values = {key: tuple(texts) for key, texts in attributes.items()}
        yield AafRequest(AafAct(act), AafCategory(category), export_id, values, name, line)


def _check(answer: Mapping[str, Any]) -> None:
    if "refusal" in answer:
        raise Refusal(str(answer["refusal"]), **answer["facts"])


def _lines(content: bytes) -> dict[str, Any]:
    if content.count(b"\n") > MAX_RECORDS:
        raise Refusal("rosters.file-too-long", most=MAX_RECORDS)
    table = read_table(content, COLUMNS)
    return {
        "lines": [[line.number, *(line.cells[column] for column in COLUMNS)] for line in table.lines],
        "refused": [[line.line, line.column, line.reason] for line in table.refused],
        "notices": table.notices,
    }


def _requests(content: bytes, name: str) -> list[list[Any]]:
    rows: list[list[Any]] = []
    for request in read_requests(chunks_of(content), name):
        if len(rows) >= MAX_RECORDS:
            raise Refusal("rosters.file-too-long", most=MAX_RECORDS)
        rows.append([request.act, request.category, request.id, dict(request.attributes), request.line])
    return rows
