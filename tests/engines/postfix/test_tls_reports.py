"""Domains that ask for it are told how TLS with their servers went, by a report that others can read."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.engines.live import wait_until
from tests.engines.postfix.sender import DOMAIN, Sender, send, sending, verified

from vaguemestre.desks.domainreports.rules.attachments import reports_of_message
from vaguemestre.desks.domainreports.values import TlsReport
from vaguemestre.engines.outgoing.report_door import greeting, report_sender, tls_results_socket
from vaguemestre.engines.system_users import postfix_group, set_owner, system_user
from vaguemestre.post.trace.values import StepKind
from vaguemestre.processes.duties import DUTIES
from vaguemestre.processes.postfix.tls_reports import Counts, report_days
from vaguemestre.processes.postfix.tls_tally import Reporter
from vaguemestre.processes.supervisor import companions
from vaguemestre.processes.supervisor.rights import prefix
from vaguemestre.site.config import PROJECT, MailSection, OutgoingSection

pytestmark = pytest.mark.engines


class Reporting(Sender):
    """With the process that Postfix tells, under its own user."""

    @property
    def folder(self) -> Path:
        return self.config.engines_dir / "tls-reports"

    def start(self) -> None:
        user, place = system_user(DUTIES["tls-reports"].user), tls_results_socket(self.config).parent
        place.mkdir()
        set_owner(place, user.pw_uid, postfix_group(), 0o2750)
        companions.prepare(self.config)
        super().start()
        self.start_reporter()

    def start_reporter(self) -> None:
        child = companions.tls_reports(self.config, sys.executable)
        user, given = system_user(DUTIES["tls-reports"].user), self.config.run_dir / "given"
        given.mkdir(exist_ok=True)
        (given / "filter_key").write_bytes((self.config.secrets_dir / "filter_key").read_bytes())
        for path in (given, given / "filter_key"):
            set_owner(path, user.pw_uid, user.pw_gid, 0o700)
        environment = {"PYTHONPATH": str(PROJECT / "src"), "CREDENTIALS_DIRECTORY": str(given)}
        self.children[child.name] = self._launch((*prefix(DUTIES["tls-reports"]), *child.argv), environment)
        wait_until(tls_results_socket(self.config).exists)


@pytest.fixture(scope="module")
def sender() -> Iterator[Reporting]:
    outgoing = OutgoingSection(mode="direct", ipv6=False, mta_sts=False)
    mail = MailSection(content_filter=False, outgoing=outgoing)
    with sending(mail, Reporting) as engines:
        assert isinstance(engines, Reporting)
        yield engines


def tls_reports(content: bytes) -> list[TlsReport]:
    return [report for report in reports_of_message(content) if isinstance(report, TlsReport)]


def test_what_became_of_tls_is_told_to_those_who_ask_and_to_nobody_else(sender: Reporting) -> None:
    marie = sender.someone()
    for number in range(2):
        send(sender, marie, "paul@rapporte.home.arpa", f"chiffrée {number}")
    send(sender, marie, "paul@faux.example", "clé fausse")
    send(sender, marie, "paul@loin.example", "sans rapport")
    assert sender.world.raw("chiffrée 0")
    assert sender.world.raw("chiffrée 1")
    assert sender.delivery("paul@faux.example", StepKind.DEFERRED)
    sender.end("tls-reports")  # it keeps what it counted
    today = datetime.now(UTC).date()
    counts = Counts(sender.folder)
    assert set(counts.of(today)) == {"rapporte.home.arpa", "faux.example"}

    reporter = Reporter(DOMAIN, report_sender(sender.config))
    tomorrow, port, name = today + timedelta(days=1), sender.config.ports.reports, greeting(sender.config)
    sender.end("postfix")
    assert not report_days(counts, reporter, port, name, before=tomorrow)  # it waits
    sender.start_postfix()
    assert report_days(counts, reporter, port, name, before=tomorrow)
    raw = sender.world.raw("Report Domain: rapporte.home.arpa")
    assert verified(sender, raw, 0).startswith("True")
    assert b"TLS-Report-Submitter: " + DOMAIN.encode() in raw
    (plain,) = tls_reports(raw)
    assert (plain.domain, plain.policy) == ("rapporte.home.arpa", "no-policy-found")
    assert (plain.successes, plain.failures) == (2, 0)
    (broken,) = tls_reports(sender.world.raw("Report Domain: faux.example"))
    assert broken.policy == "tlsa"
    assert broken.successes == 0
    assert broken.failures >= 1
    assert [(detail.result, detail.server) for detail in broken.details] == [
        ("certificate-not-trusted", "mx.faux.example")
    ]
    assert counts.of(today) == {}  # told once
    assert report_days(counts, reporter, port, name, before=tomorrow)
    assert len(sender.world.arrived("Report Domain: rapporte.home.arpa")) == 1
