"""What domain reports need to know of arriving messages, of our servers and of declared relays."""

from email.parser import BytesHeaderParser
from email.policy import compat32

from vaguemestre.desks.domainreports.rules import report_task
from vaguemestre.desks.domainreports.rules.limits import UnreadableReport, registered_domain
from vaguemestre.desks.domainreports.values import KnownSenders, Report, ReportSender, Trust
from vaguemestre.engines.conversion.task_runner import Budget, FileReader
from vaguemestre.engines.remote.dns_lookup import DnsLookup
from vaguemestre.foundation.kernel.addresses import first_address_in
from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.mailbox.autoconfig.values import Question
from vaguemestre.mailbox.webmail.http import own_auth_server
from vaguemestre.mailbox.webmail.rules.trust import authenticity
from vaguemestre.mailbox.webmail.rules.trust.authenticity import Verdict
from vaguemestre.site.config import Config

_BUDGET = Budget(processor=4, clock=40)
_BUDGET_OF_FORGED = Budget(processor=1, clock=10)
_MAX_HEADER_BYTES = 200_000


class ReportReader:
    """`domainreports.ports.ReadReports` in the sandbox."""

    def __init__(self) -> None:
        self._read = FileReader(report_task.__name__, _BUDGET)
        self._read_forged = FileReader(report_task.__name__, _BUDGET_OF_FORGED)

    def __call__(self, raw: bytes, trust: Trust) -> tuple[Report, ...]:
        read = self._read_forged if trust is Trust.FORGED else self._read
        try:
            return report_task.reports_in(read({}, raw))
        except EngineRefused as error:
            raise UnreadableReport("too-complex") from error


def judge_sender(raw: bytes) -> ReportSender:
    """`domainreports.ports.JudgeSender` by the webmail's rules."""
    fields_only = raw.partition(b"\r\n\r\n")[0]
    if len(fields_only) > _MAX_HEADER_BYTES:
        return ReportSender(Trust.FORGED)
    try:
        header = BytesHeaderParser(policy=compat32).parsebytes(fields_only + b"\r\n\r\n")
        fields = tuple((name.lower(), str(value)) for name, value in header.items())
    except (ValueError, LookupError, TypeError):
        return ReportSender(Trust.FORGED)
    authors = [value for name, value in fields if name == "from"]
    server = own_auth_server().server
    if not authenticity.is_judged(fields, server=server):
        return ReportSender(Trust.UNKNOWN)
    author = first_address_in(authors[0]) if len(authors) == 1 else ""
    verdict = authenticity.sender_authenticity(fields, author, server=server).verdict
    if verdict is not Verdict.VERIFIED:
        return ReportSender(Trust.FORGED)
    return ReportSender(Trust.AUTHENTIC, registered_domain(author))


class KnownSendersFinder:
    """`domainreports.ports.FindKnownSenders`: the configuration, and what DNS says of its hosts."""

    def __init__(self, config: Config, look_up: DnsLookup) -> None:
        self._config, self._look_up = config, look_up

    def __call__(self) -> KnownSenders:
        config, outgoing = self._config, self._config.mail.outgoing
        own_addresses = self._addresses([f"mail.{domain}" for domain in config.domains])
        relay = self._addresses([outgoing.relay_host]) if outgoing.relay_host else frozenset()
        return KnownSenders(
            domains=frozenset(config.domains),
            addresses=frozenset(config.network.addresses) | own_addresses,
            relays=relay | frozenset(filter(None, (outgoing.relay_host, *config.mail.trusted_forwarders))),
        )

    def _addresses(self, hosts: list[str]) -> frozenset[str]:
        if not self._config.mail.outgoing.leaves:
            return frozenset()  # a demonstration asks nobody
        answers = self._look_up([Question(host, kind) for host in hosts for kind in ("A", "AAAA")])
        return frozenset(address for addresses in answers.values() for address in addresses or ())
