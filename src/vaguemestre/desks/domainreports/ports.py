"""What domain reports need from the outside."""

from typing import Protocol

from vaguemestre.desks.domainreports.values import KnownSenders, Report, ReportSender, Trust
from vaguemestre.foundation.kernel.slots import Slot


class ReadReports(Protocol):
    def __call__(self, raw: bytes, trust: Trust) -> tuple[Report, ...]:
        """Every report attached to a message, read apart within a budget: anybody may send one.

        A forged one has a smaller budget.

        Raises `rules.limits.UnreadableReport`, EngineDown.
        """
        ...


class JudgeSender(Protocol):
    def __call__(self, raw: bytes) -> ReportSender:
        """What our filter said of the sender of a message, as it was delivered."""
        ...


class FindKnownSenders(Protocol):
    def __call__(self) -> KnownSenders:
        """Our own servers and declared relays, as configuration and DNS say now; less without DNS."""
        ...


read_reports: Slot[ReadReports] = Slot("domainreports.read_reports")
judge_sender: Slot[JudgeSender] = Slot("domainreports.judge_sender")
find_known_senders: Slot[FindKnownSenders] = Slot("domainreports.find_known_senders")
