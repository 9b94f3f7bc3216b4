"""Reports that were stored, on the page and by command: once each, drawn and as tables, with whom to warn."""

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from tests.answers import as_typed
from tests.desks.domainreports.samples import (
    DOMAIN,
    NOBODY,
    OURS,
    SURVEYS,
    dmarc_xml,
    mail,
    record,
    tls_json,
    zipped,
)
from tests.desks.operations.test_screens import administrator, text_of
from typer.testing import CliRunner

from vaguemestre.cli.mail import dmarc as cli
from vaguemestre.desks.domainreports.models import DomainReport, ReportBox, SenderCount
from vaguemestre.desks.domainreports.rules.attachments import reports_of_file
from vaguemestre.desks.domainreports.services import Refused, open_missing_boxes, store_report
from vaguemestre.desks.domainreports.services.retention import RETENTION, delete_old_reports
from vaguemestre.desks.domainreports.values import KnownSenders, ReportSender, Trust
from vaguemestre.people.credentials.models import Account
from vaguemestre.site.adapters.domainreports import judge_sender

pytestmark = pytest.mark.django_db(transaction=True)
KNOWN = KnownSenders(frozenset((DOMAIN,)), frozenset(("192.0.2.25",)), frozenset())
SERVER = f"mail.{DOMAIN}"


def yesterday() -> datetime:
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)


def store(content: bytes, *, trust: Trust = Trust.AUTHENTIC) -> int:
    return sum(
        store_report(report, KNOWN, [DOMAIN], sender=ReportSender(trust), now=timezone.now())
        for report in reports_of_file(content)
    )


def page(query: str = "") -> str:
    return text_of(administrator().get(f"/administration/rapports{query}").content)


def test_the_senders_that_a_tighter_policy_would_break_are_named_with_what_to_do() -> None:
    store(zipped(dmarc_xml(OURS, SURVEYS, NOBODY, begins_at=yesterday())))
    text = as_typed(page())
    assert "1 expéditeur régulier échoue : réglez-le avant de durcir la politique." in text
    assert "enquetes.example Autre" in text
    assert f"donnez-lui une clé DKIM de {DOMAIN} avant de durcir" in text
    assert "l’adresse 203.0.113.66" in text
    assert "sans doute une usurpation, qu’un durcissement arrête" in text
    assert "nos serveurs Nous" in text
    assert f"{DOMAIN} : aux indésirables (p=quarantine)" in text


def test_what_is_drawn_is_also_a_table() -> None:
    store(zipped(dmarc_xml(OURS, SURVEYS, begins_at=yesterday())))
    store(gzip.compress(tls_json(begins_at=yesterday())))
    client = administrator()
    drawn = client.get("/administration/rapports").content.decode()
    assert drawn.count('<svg class="report-chart"') == 2
    assert "900 passent, 120 échouent" in drawn
    text = text_of(client.get("/administration/rapports?vue=tableau").content)
    assert f"{yesterday():%d/%m/%Y} 900 120" in text
    assert f"{yesterday():%d/%m/%Y} 5\N{NARROW NO-BREAK SPACE}338 303" in text
    assert "Le certificat a expiré" in text


def test_a_report_that_arrives_twice_counts_once() -> None:
    content = zipped(dmarc_xml(OURS, begins_at=yesterday()))
    assert (store(content), store(content)) == (1, 0)
    assert [row.passed for row in DomainReport.objects.all()] == [900]


def test_a_forged_report_leaves_its_line_and_none_of_its_counts() -> None:
    store(zipped(dmarc_xml(SURVEYS, begins_at=yesterday())), trust=Trust.FORGED)
    text = page()
    assert "1 rapport écarté : rien ne garantit qui l’envoie." in text
    assert "enquetes.example" not in text
    assert not SenderCount.objects.exists()


@pytest.mark.parametrize(
    "content",
    [
        dmarc_xml(OURS, begins_at=yesterday(), domain="ac-lille.test"),
        dmarc_xml(OURS, begins_at=yesterday() - RETENTION - timedelta(days=2)),
        dmarc_xml(OURS, begins_at=yesterday() + timedelta(days=9)),
    ],
    ids=range(3),
)
def test_a_report_on_another_domain_or_time_is_not_stored(content: bytes) -> None:
    with pytest.raises(Refused):
        store(content)
    assert not DomainReport.objects.exists()


def test_reports_end_with_their_retention() -> None:
    store(zipped(dmarc_xml(OURS, begins_at=yesterday())))
    delete_old_reports(timezone.now() + RETENTION - timedelta(hours=1))
    assert DomainReport.objects.exists()
    delete_old_reports(timezone.now() + RETENTION + timedelta(hours=1))
    assert not DomainReport.objects.exists()
    assert not SenderCount.objects.exists()


def test_each_domain_has_one_mailbox_for_reports_however_often_it_is_asked() -> None:
    assert open_missing_boxes([DOMAIN], by="system", now=timezone.now()) == 1
    assert open_missing_boxes([DOMAIN], by="system", now=timezone.now()) == 0
    box = ReportBox.objects.get()
    assert Account.objects.get(pk=box.account_id).mailbox == f"rapports-automatiques@{DOMAIN}" == box.address


_MX = "Vaguemestre-Arrival: mx\r\n"


@pytest.mark.parametrize(
    ("fields", "trust"),
    [
        ("", Trust.UNKNOWN),
        (_MX, Trust.UNKNOWN),
        (f"{_MX}Authentication-Results: ailleurs.example; dmarc=pass\r\n", Trust.UNKNOWN),
        (
            f"{_MX}Authentication-Results: {SERVER}; dkim=pass header.d=messagerie.example;"
            " dmarc=pass header.from=messagerie.example\r\n",
            Trust.AUTHENTIC,
        ),
        (f"{_MX}Authentication-Results: {SERVER}; dkim=none; spf=none\r\n", Trust.FORGED),
    ],
)
def test_only_what_our_filter_vouches_for_is_authentic(fields: str, trust: Trust) -> None:
    assert judge_sender(fields.encode() + mail(b"").replace(b"\n", b"\r\n")).trust is trust


def test_the_command_reads_files_and_says_what_the_page_says(tmp_path: Path) -> None:
    good, bad = tmp_path / "rapport.xml.gz", tmp_path / "autre.xml"
    surveys = record(
        "198.51.100.7", 120, dkim="fail", spf="fail", signer="enquetes.example", return_domain=""
    )
    good.write_bytes(gzip.compress(dmarc_xml(OURS, surveys, begins_at=yesterday())))
    bad.write_bytes(b"<?xml version='1.0'?><!DOCTYPE feedback [<!ENTITY a 'ha'>]><feedback>&a;</feedback>")
    read = CliRunner().invoke(cli.app, ["read", str(good), str(bad)])
    assert read.exit_code == 1
    assert "1 nouveau rapport sur 1" in read.output
    assert "rapport XML avec un type de document" in read.output
    shown = CliRunner().invoke(cli.app, ["show"])
    assert shown.exit_code == 0, shown.exception
    assert "enquetes.example (autre)" in shown.output
    assert "1 expéditeur régulier échoue" in shown.output
    assert CliRunner().invoke(cli.app, ["show", "--domain", "ailleurs.test"]).exit_code == 1


@pytest.mark.parametrize(
    "query", ["?periode=x&page=9e9&tri=%27", "?domaine=ailleurs.test", "?periode=semaine"]
)
def test_any_query_shows_the_page(query: str) -> None:
    assert administrator().get(f"/administration/rapports{query}").status_code == 200
