"""Domains that ask are told what came here in their name, by signed reports through a door of their own."""

import smtplib
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from tests.engines.live import letter, wait_until
from tests.engines.postfix.sender import DOMAIN, Sender, verified

from vaguemestre.desks.domainreports.rules.attachments import reports_of_message
from vaguemestre.desks.domainreports.values import DmarcReport
from vaguemestre.engines.outgoing.report_door import greeting
from vaguemestre.engines.rspamd import configuration as rspamd
from vaguemestre.processes.duties import DUTIES
from vaguemestre.processes.supervisor import rights
from vaguemestre.site.config import PROJECT

pytestmark = pytest.mark.engines
_SENDER = f"rapports-automatiques@{DOMAIN}"
_SEND = (
    "import sys, pathlib, datetime; from vaguemestre.processes.dmarc_reports import send_reports;"
    "day = datetime.date.fromisoformat(sys.argv[3]);"
    "sys.exit(not send_reports(pathlib.Path(sys.argv[1]), int(sys.argv[2]), day))"
)


def report_today(sender: Sender) -> "subprocess.CompletedProcess[str]":
    """What the process does when its day has come, with the rights of its duty."""
    configuration = rspamd.folder(sender.config) / "rspamd.conf"
    argv = (
        sys.executable, "-c", _SEND, str(configuration), str(sender.config.ports.reports),
        datetime.now(UTC).date().isoformat(),
    )  # fmt: skip
    return subprocess.run(
        sender.world.inside((*rights.prefix(DUTIES["dmarc-reports"]), *argv)),
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(PROJECT / "src")},
        cwd="/", capture_output=True, text=True, check=False,
    )  # fmt: skip


def arrive(sender: Sender, author: str, to: str, subject: str) -> None:
    with smtplib.SMTP("127.0.0.1", sender.config.ports.mx, timeout=60) as peer:
        peer.sendmail(author, [to], letter(author, to, subject).as_bytes())


def only_report(content: bytes) -> DmarcReport:
    (report,) = reports_of_message(content)
    assert isinstance(report, DmarcReport)
    return report


def test_a_domain_is_told_what_came_in_its_name_by_a_signed_report_that_our_own_reader_reads(
    sender: Sender,
) -> None:
    marie = sender.someone()
    for number in range(2):
        arrive(sender, "paul@rapporte.home.arpa", marie.address, f"en leur nom {number}")
    arrive(sender, "paul@confie.home.arpa", marie.address, "en leur nom, confie")
    arrive(sender, "paul@vole.home.arpa", marie.address, "en leur nom, vole")

    def first_report() -> bool:
        ended = report_today(sender)
        assert ended.returncode == 0, ended.stderr
        return bool(sender.world.arrived("Report Domain: rapporte.home.arpa"))

    # the filter stores what there is to tell a moment after the message has passed
    wait_until(first_report, 60)
    raw = sender.world.raw("Report Domain: rapporte.home.arpa")
    report = only_report(raw)
    assert (report.domain, report.policy, report.span.organisation) == (
        "rapporte.home.arpa",
        "quarantine",
        DOMAIN,
    )
    assert {(row.address, row.messages, row.disposition, row.passes) for row in report.records} == {
        ("127.0.0.1", 2, "quarantine", False)
    }
    (message,) = sender.world.arrived("Report Domain: rapporte.home.arpa")
    assert message["To"] == "dmarc@rapporte.home.arpa"
    assert _SENDER in message["From"]
    assert verified(sender, raw, 0).startswith("True")
    # the name that opens the door is nobody else's business
    assert ".invalid" not in raw.decode()
    # another domain gets what it agreed to receive (RFC 7489 §7.1), and nothing else
    assert only_report(sender.world.raw("Report Domain: confie.home.arpa")).domain == "confie.home.arpa"
    assert not sender.world.arrived("vole.home.arpa")


def test_the_door_of_reports_is_open_to_who_knows_its_name_alone(sender: Sender) -> None:
    with smtplib.SMTP("127.0.0.1", sender.config.ports.reports, timeout=60) as peer:
        peer.ehlo("localhost")
        assert peer.mail(_SENDER)[0] == 250
        code, words = peer.rcpt("dmarc@rapporte.home.arpa")
        assert (code, b"Helo command rejected" in words or b"Access denied" in words) == (554, True)
    name = greeting(sender.config)
    with smtplib.SMTP("127.0.0.1", sender.config.ports.reports, timeout=60) as peer:
        peer.helo(name)
        peer.mail("recteur@" + DOMAIN)
        assert peer.rcpt("dmarc@rapporte.home.arpa")[0] == 554


def test_what_there_is_to_tell_waits_while_postfix_is_away(sender: Sender) -> None:
    marie = sender.someone()
    arrive(sender, "paul@confie.home.arpa", marie.address, "pendant la panne")
    before = len(sender.world.arrived("Report Domain: confie"))
    sender.end("postfix")
    assert report_today(sender).returncode == 1
    sender.start_postfix()

    def next_report() -> bool:
        assert report_today(sender).returncode == 0
        return len(sender.world.arrived("Report Domain: confie")) > before

    wait_until(next_report, 60)
