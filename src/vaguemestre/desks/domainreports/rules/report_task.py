"""Reading of a message in the sandbox (`ports.ReadReports`): what it answers, as JSON, and back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from vaguemestre.desks.domainreports.rules.attachments import reports_of_message
from vaguemestre.desks.domainreports.rules.limits import UnreadableReport
from vaguemestre.desks.domainreports.values import DmarcReport, Record, Report, Span, TlsFailure, TlsReport


def perform(
    _request: Mapping[str, Any], blobs: Sequence[bytes], _ask: Callable[[str, str], str | None]
) -> dict[str, Any]:
    """The reports of a message, or why it has none that can be read."""
    try:
        return {"reports": [_encoded(report) for report in reports_of_message(blobs[0])]}
    except UnreadableReport as error:
        return {"unreadable": error.reason}


def reports_in(answer: Mapping[str, Any]) -> tuple[Report, ...]:
    """What `perform` answered. Raises UnreadableReport."""
    if "unreadable" in answer:
        raise UnreadableReport(str(answer["unreadable"]))
    return tuple(_decoded(fields) for fields in answer["reports"])


def _encoded(report: Report) -> dict[str, Any]:
    fields = asdict(report)
    moments = {name: fields["span"][name].isoformat() for name in ("begins_at", "ends_at")}
    return {**fields, "span": {**fields["span"], **moments}}


def _decoded(fields: Mapping[str, Any]) -> Report:
    moments = {name: datetime.fromisoformat(fields["span"][name]) for name in ("begins_at", "ends_at")}
    span = Span(**{**fields["span"], **moments})
    if "records" not in fields:
        details = tuple(TlsFailure(**detail) for detail in fields["details"])
        return TlsReport(**{**fields, "span": span, "details": details})
    records = tuple(Record(**{**row, "signers": tuple(row["signers"])}) for row in fields["records"])
    return DmarcReport(**{**fields, "span": span, "records": records})
