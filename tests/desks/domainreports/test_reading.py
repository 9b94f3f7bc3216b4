"""Reports of others are read whatever their wrapping, and nothing they hold costs more than its limits."""

import gzip
import io
import zipfile
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.desks.domainreports.samples import (
    DOMAIN,
    NOBODY,
    OURS,
    SURVEYS,
    dmarc_xml,
    mail,
    record,
    tls_json,
    tls_mail,
    zipped,
)

from vaguemestre.desks.domainreports.rules import limits
from vaguemestre.desks.domainreports.rules.attachments import reports_of_file, reports_of_message
from vaguemestre.desks.domainreports.rules.charts import HEIGHT, stacked_bars
from vaguemestre.desks.domainreports.rules.limits import UnreadableReport
from vaguemestre.desks.domainreports.rules.senders import would_break
from vaguemestre.desks.domainreports.rules.totals import count_senders
from vaguemestre.desks.domainreports.values import DayCount, DmarcReport, KnownSenders, Origin, TlsReport

YESTERDAY = datetime(2026, 11, 28, tzinfo=UTC)
KNOWN = KnownSenders(frozenset((DOMAIN,)), frozenset(("192.0.2.25",)), frozenset(("relais.example",)))
XML = dmarc_xml(OURS, SURVEYS, NOBODY, begins_at=YESTERDAY)


@pytest.mark.parametrize(
    "content",
    [
        mail(zipped(XML)),
        mail(gzip.compress(XML), kind="gzip"),
        XML,
        gzip.compress(XML),
        zipped(XML),
        XML.replace(b"<feedback>", b'<feedback xmlns="urn:ietf:params:xml:ns:dmarc-2.0">'),
    ],
    ids=range(6),
)
def test_an_aggregate_report_is_read_whatever_its_wrapping(content: bytes) -> None:
    (report,) = reports_of_file(content)
    assert isinstance(report, DmarcReport)
    assert (report.span.organisation, report.domain, report.policy) == (
        "Messagerie Exemple",
        DOMAIN,
        "quarantine",
    )
    assert [(row.messages, row.passes) for row in report.records] == [(900, True), (120, False), (40, False)]
    assert report.records[1].signers == ("enquetes.example",)


def test_a_tls_report_says_each_policy_and_why_sessions_failed() -> None:
    first, second = reports_of_message(tls_mail(tls_json(begins_at=YESTERDAY)))
    assert isinstance(first, TlsReport)
    assert isinstance(second, TlsReport)
    assert (first.policy, first.successes, first.failures) == ("sts", 5326, 303)
    assert {(row.result, row.sessions) for row in first.details} == {
        ("certificate-expired", 100), ("starttls-not-supported", 203),
    }  # fmt: skip
    assert (second.policy, second.successes, second.failures) == ("tlsa", 12, 0)


def _bomb() -> bytes:
    return gzip.compress(b"<feedback>" + b" " * (limits.MAX_UNPACKED_BYTES + 1))


def _zip_bomb() -> bytes:
    return zipped(b" " * (limits.MAX_UNPACKED_BYTES + 1))


def _two_halves() -> bytes:
    """Files that are each within the limit, and together beyond it."""
    half = XML + b" " * (limits.MAX_UNPACKED_BYTES * 2 // 3)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("1.xml", half)
        archive.writestr("2.xml", half)
    return file.getvalue()


def _many_files() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(limits.MAX_FILES + 1):
            archive.writestr(f"{number}.xml", "")
    return file.getvalue()


_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE feedback [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY c SYSTEM'
    ' "file:///etc/passwd">]>'
)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (_bomb(), "too-big"),
        (_zip_bomb(), "too-big"),
        (_two_halves(), "too-big"),
        (_many_files(), "too-big"),
        (b"x" * (limits.MAX_MESSAGE_BYTES + 1), "too-big"),
        (dmarc_xml(OURS, begins_at=YESTERDAY, prefix=_LAUGHS), "doctype"),
        (b"<?xml version='1.0'?><feedback>" + b"<a>" * 50, "too-big"),
        (b"<?xml version='1.0'?><feedback>" + b"<a%s>" % (b"a" * 100), "too-big"),
        (b"<?xml version='1.0'?><html/>", "not-dmarc"),
        (XML[:-20], "xml"),
        (gzip.compress(XML)[:40], "damaged"),
        (zipped(XML)[:-30], "damaged"),
        (b"{" + b'"a":{' * 100_000, "json"),
        (b"[1]", "no-report"),
        (tls_json(begins_at=YESTERDAY).replace(b"5326", b"1e999"), "count"),
        (tls_json(begins_at=YESTERDAY).replace(b"5326", b"-1"), "count"),
        (dmarc_xml(record("192.0.2.1", -5), begins_at=YESTERDAY), "count"),
        (dmarc_xml(record("une adresse", 5), begins_at=YESTERDAY), "address"),
        (dmarc_xml(OURS, begins_at=YESTERDAY, domain="pas un domaine"), "domain"),
        (b"Subject: bonjour\r\n\r\nSans rien.", "no-report"),
    ],
    ids=range(20),
)
def test_what_is_no_report_or_is_beyond_the_limits_is_refused_with_its_reason(
    content: bytes, reason: str
) -> None:
    with pytest.raises(UnreadableReport) as refused:
        reports_of_file(content)
    assert refused.value.reason == reason


def test_records_beyond_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_RECORDS", 2)
    with pytest.raises(UnreadableReport):
        reports_of_file(XML)


@given(st.binary(max_size=400), st.integers(min_value=0, max_value=len(XML)))
def test_any_bytes_are_a_report_or_refused(noise: bytes, place: int) -> None:
    for content in (
        noise,
        XML[:place] + noise + XML[place:],
        b"\x1f\x8b" + noise,
        b"PK\x03\x04" + noise,
        b"{" + noise,
    ):
        try:
            assert reports_of_file(content)
        except UnreadableReport as refused:
            assert refused.reason  # noqa: PT017 (either is right)


def test_senders_are_named_by_who_answers_for_them() -> None:
    relay = record("198.51.100.9", 7, dkim="fail", spf="fail", signer="b.relais.example", return_domain="")
    forwarded = record("203.0.113.80", 3, spf="fail", signer=DOMAIN, return_domain="liste.example")
    (report,) = reports_of_file(dmarc_xml(OURS, SURVEYS, NOBODY, relay, forwarded, begins_at=YESTERDAY))
    assert isinstance(report, DmarcReport)
    totals = {total.sender.name: total for total in count_senders(report, KNOWN)}
    assert {name: (total.sender.origin, would_break(total)) for name, total in totals.items()} == {
        "nos serveurs": (Origin.OURS, False),
        "enquetes.example": (Origin.OTHER, True),
        "203.0.113.66": (Origin.OTHER, False),
        "b.relais.example": (Origin.RELAY, True),
        "liste.example": (Origin.OURS, False),
    }


@given(st.lists(st.tuples(st.integers(0, 2**40), st.integers(0, 2**40)), max_size=100))
def test_every_day_with_a_message_is_seen_within_the_drawing(counts: list[tuple[int, int]]) -> None:
    days = [DayCount(YESTERDAY.date(), passed, failed) for passed, failed in counts]
    bars = stacked_bars(days)
    assert len([bar for bar in bars if bar.is_failure]) == len([day for day in days if day.failed])
    for bar in bars:
        assert 0 <= float(bar.y) <= float(bar.y) + float(bar.height) <= HEIGHT + 0.02
        assert float(bar.height) >= 0
