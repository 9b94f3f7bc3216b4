"""What the sandbox answers about a message is what was read in it, whole, or why nothing could be."""

import json
from datetime import UTC, datetime

import pytest
from tests.desks.domainreports.samples import NOBODY, OURS, SURVEYS, dmarc_xml, tls_json

from vaguemestre.desks.domainreports.rules import attachments, limits, report_task
from vaguemestre.desks.domainreports.rules.attachments import reports_of_file
from vaguemestre.desks.domainreports.rules.limits import UnreadableReport

BEGINS = datetime(2026, 11, 24, tzinfo=UTC)
HEADER = b"MIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\n\r\n"


def answered(raw: bytes) -> dict[str, object]:
    """The answer, through the JSON that it crosses the sandbox's wall as."""
    answer = report_task.perform({}, [raw], lambda _kind, _name: None)
    return json.loads(json.dumps(answer))


@pytest.mark.parametrize(
    "document", [dmarc_xml(OURS, SURVEYS, NOBODY, begins_at=BEGINS), tls_json(begins_at=BEGINS)]
)
def test_reports_come_out_of_the_sandbox_as_they_were_read(document: bytes) -> None:
    reports = reports_of_file(document)
    assert reports
    assert report_task.reports_in(answered(HEADER + document)) == reports


def test_why_a_message_has_no_report_comes_out_too() -> None:
    with pytest.raises(UnreadableReport, match="no-report"):
        report_task.reports_in(answered(b"Subject: a\r\n\r\nBonjour\r\n"))


def test_a_message_larger_than_any_report_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_MESSAGE_BYTES", 10)
    with pytest.raises(UnreadableReport, match="too-big"):
        attachments.reports_of_message(b"Subject: a\r\n\r\nBonjour\r\n")


@pytest.mark.parametrize("given", [True, None, "-1", "1.5", "٣", 2_000_000_001, "12345678901"])
def test_what_is_no_count_of_messages_is_refused(given: object) -> None:
    with pytest.raises(UnreadableReport, match="count"):
        limits.count_of(given)


@pytest.mark.parametrize(
    ("name", "number", "days", "told"),
    [
        ("", "1", 1, "nameless"),
        ("a", " \x00", 1, "nameless"),
        ("a", "1", 33, "dates"),
        ("a", "1", -1, "dates"),
    ],
)
def test_a_report_has_a_name_a_number_and_a_span(name: str, number: str, days: int, told: str) -> None:
    ends_at = datetime.fromtimestamp(BEGINS.timestamp() + days * 86_400, UTC)
    with pytest.raises(UnreadableReport, match=told):
        limits.span_of(name, number, BEGINS, ends_at)
