"""Anybody may send a report: none of it holds the worker, or takes the place of a true one."""

import gzip
import io
import re
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from tests.desks.domainreports.samples import (
    DOMAIN,
    OURS,
    SURVEYS,
    dmarc_xml,
    mail,
    tls_json,
    tls_mail,
    zipped,
)

from vaguemestre.desks.domainreports.models import DomainReport
from vaguemestre.desks.domainreports.rules import limits, report_task
from vaguemestre.desks.domainreports.rules.attachments import reports_of_message
from vaguemestre.desks.domainreports.rules.limits import UnreadableReport
from vaguemestre.desks.domainreports.services import Refused, storage, store_report
from vaguemestre.desks.domainreports.values import KnownSenders, Report, ReportSender, Trust
from vaguemestre.engines.conversion.task_runner import Budget, FileReader
from vaguemestre.mailbox.webmail.http import own_auth_server
from vaguemestre.site.adapters import domainreports

NOW = datetime.now(UTC)
YESTERDAY = NOW.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
KNOWN = KnownSenders(frozenset((DOMAIN,)), frozenset(("192.0.2.25",)), frozenset())


def test_a_report_is_the_same_read_apart() -> None:
    read = domainreports.ReportReader()
    for raw in (
        mail(zipped(dmarc_xml(OURS, SURVEYS, begins_at=YESTERDAY))),
        tls_mail(tls_json(begins_at=YESTERDAY)),
    ):
        assert read(raw, Trust.AUTHENTIC) == reports_of_message(raw)


def test_a_message_without_report_says_so_from_there() -> None:
    with pytest.raises(UnreadableReport) as refused:
        domainreports.ReportReader()(mail(zipped(b"<!DOCTYPE x>")), Trust.AUTHENTIC)
    assert refused.value.reason == "doctype"


def test_names_of_a_megabyte_are_not_multiplied_by_the_elements_below() -> None:
    """3 kB of gzip were 0.5 GB, and 60 kB as much as the machine has."""
    name = "a" * 1_000_000
    inside = "".join(f"<b{number}/>" for number in range(4_000))
    raw = mail(gzip.compress(f"<feedback><{name}>{inside}</{name}></feedback>".encode()), kind="gzip")
    with pytest.raises(UnreadableReport) as refused:
        reports_of_message(raw)
    assert refused.value.reason == "too-big"


@pytest.mark.heavy
def test_a_message_that_takes_too_long_to_read_is_set_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line is compared with the boundary of every part that is open."""
    parts = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(100))
    raw = f"From: a@b\nMIME-Version: 1.0\n{parts}Content-Type: text/plain\n\n".encode() + b"-\n" * 1_000_000
    reader = domainreports.ReportReader()
    monkeypatch.setattr(reader, "_read", FileReader(report_task.__name__, Budget(processor=1, clock=60)))
    with pytest.raises(UnreadableReport) as refused:
        reader(raw, Trust.AUTHENTIC)
    assert refused.value.reason == "too-complex"


def test_a_forged_message_has_less_time_than_others(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = domainreports.ReportReader()
    monkeypatch.setattr(reader, "_read_forged", lambda request, raw: {"unreadable": "little time"})
    raw = mail(zipped(dmarc_xml(OURS, begins_at=YESTERDAY)))
    assert len(reader(raw, Trust.AUTHENTIC)) == len(reader(raw, Trust.UNKNOWN)) == 1
    with pytest.raises(UnreadableReport) as refused:
        reader(raw, Trust.FORGED)
    assert refused.value.reason == "little time"
    budgets = domainreports._BUDGET, domainreports._BUDGET_OF_FORGED
    assert [budget.processor for budget in budgets] == [4, 1]


def test_the_elements_of_all_files_of_a_message_count_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five files of a million elements each were five seconds of processor for 27 kB."""
    document = dmarc_xml(OURS, begins_at=YESTERDAY)
    count = len(re.findall(rb"<\w", document))
    monkeypatch.setattr(limits, "MAX_ELEMENTS", 2 * count)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in ("a.xml", "b.xml"):
            archive.writestr(name, document)
    assert len(reports_of_message(mail(file.getvalue()))) == 2
    monkeypatch.setattr(limits, "MAX_ELEMENTS", 2 * count - 1)
    assert reports_of_message(mail(zipped(document)))
    with pytest.raises(UnreadableReport) as refused:
        reports_of_message(mail(file.getvalue()))
    assert refused.value.reason == "too-big"


def test_a_tls_report_of_a_million_values_is_not_parsed() -> None:
    raw = tls_mail(b"{" + b"[]," * (limits.MAX_ELEMENTS // 2) + b"}")
    with pytest.raises(UnreadableReport) as refused:
        reports_of_message(raw)
    assert refused.value.reason == "too-big"


def test_an_endless_header_is_nobodys() -> None:
    raw = b"From: rua@dehors.example\r\nX: " + b"a" * 200_000 + b"\r\n\r\nBonjour"
    assert domainreports.judge_sender(raw).trust is Trust.FORGED


def _report(number: int) -> Report:
    (report,) = reports_of_message(mail(zipped(dmarc_xml(OURS, begins_at=YESTERDAY, report_id=str(number)))))
    return report


def _store(report: Report, trust: Trust, domain: str = "") -> bool:
    return store_report(report, KNOWN, [DOMAIN], sender=ReportSender(trust, domain), now=NOW)


@pytest.mark.django_db
def test_forged_reports_take_no_place_from_true_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "MAX_FORGED_A_DAY", 2)
    monkeypatch.setattr(storage, "MAX_REPORTS_A_DAY", 2)
    for number in range(2):
        assert _store(_report(number), Trust.FORGED)
    with pytest.raises(Refused):
        _store(_report(2), Trust.FORGED)
    assert _store(_report(3), Trust.AUTHENTIC)


@pytest.mark.django_db
def test_the_owner_of_a_domain_takes_no_place_from_other_senders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "MAX_OF_ONE_SENDER_A_DAY", 2)
    for number in range(2):
        assert _store(_report(number), Trust.AUTHENTIC, "stranger.example")
    with pytest.raises(Refused):
        _store(_report(2), Trust.AUTHENTIC, "stranger.example")
    assert _store(_report(3), Trust.AUTHENTIC, "reporter.example")


def test_names_below_a_domain_are_its_owners() -> None:
    seal = f"Authentication-Results: {own_auth_server().server}; dmarc=pass header.from=a.b.Stranger.example"
    fields = f"Vaguemestre-Arrival: mx\r\n{seal}\r\nFrom: a@a.b.Stranger.example\r\n\r\n"
    sender = domainreports.judge_sender(fields.encode())
    assert sender == ReportSender(Trust.AUTHENTIC, "stranger.example")


@pytest.mark.django_db
def test_a_true_report_replaces_a_forged_one_that_bears_its_number() -> None:
    assert _store(_report(1), Trust.FORGED)
    assert _store(_report(1), Trust.AUTHENTIC)
    assert not _store(_report(1), Trust.FORGED)
    row = DomainReport.objects.get()
    assert (row.trust, row.passed) == (Trust.AUTHENTIC, 900)
    assert row.senders.count() == 1


@pytest.mark.django_db
def test_a_report_sent_under_anothers_name_and_number_has_the_true_one_read_all_the_same() -> None:
    assert _store(_report(1), Trust.AUTHENTIC, "stranger.example")
    assert _store(_report(1), Trust.AUTHENTIC, "reporter.example")
    assert not _store(_report(1), Trust.AUTHENTIC, "reporter.example")
    assert not _store(_report(1), Trust.UNKNOWN), "the file of a report that came by mail"
    assert not _store(_report(1), Trust.FORGED)
    assert {row.sender for row in DomainReport.objects.all()} == {"stranger.example", "reporter.example"}


@pytest.mark.django_db
def test_a_report_read_from_a_file_is_not_counted_again_when_it_comes() -> None:
    assert _store(_report(1), Trust.UNKNOWN)
    assert not _store(_report(1), Trust.AUTHENTIC, "reporter.example")


def test_brackets_without_end_in_an_author_stop_no_reading() -> None:
    """One letter of 40 kB to the public address ended each reading of its mailbox, and stayed in it."""
    results = f"Authentication-Results: {own_auth_server().server}; dmarc=pass header.from=stranger.example"
    for depth in (700, 20_000):
        author = "(" * depth + ")" * depth + " a@stranger.example"
        fields = f"Vaguemestre-Arrival: mx\r\n{results}\r\nFrom: {author}\r\n\r\n"
        assert domainreports.judge_sender(fields.encode()).trust is Trust.FORGED


def test_the_table_of_an_archive_is_as_long_as_its_last_record_says() -> None:
    """That record may name itself in the numbers of its disks: another number stands there after the name."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(400):
            archive.writestr(f"{number}/", b"")
        archive.writestr("a.xml", dmarc_xml(OURS, begins_at=YESTERDAY))
    content = file.getvalue()
    itself = content[:-18] + b"PK\5\6" + content[-14:-6] + b"\0" * 4 + content[-2:]
    for one in (content, itself):
        with pytest.raises(UnreadableReport) as refused:
            reports_of_message(mail(one))
        assert refused.value.reason == "too-big"
