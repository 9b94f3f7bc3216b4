"""Nouns of domain reports."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple


class ReportKind(StrEnum):
    DMARC = "dmarc"  # aggregate report, RFC 7489 §7.2
    TLS = "tls"  # RFC 8460


class Trust(StrEnum):
    """What our filter says of the message that brought a report: anybody may write one about us."""

    AUTHENTIC = "authentic"
    UNKNOWN = "unknown"  # the filter was away, or a command read the file
    FORGED = "forged"  # no result vouches for its sender


class ReportSender(NamedTuple):
    """Who sent a report. `domain`: registered by whoever sent it, and only known if authentic."""

    trust: Trust
    domain: str = ""


class Origin(StrEnum):
    """The source of a message sent in our name."""

    OURS = "ours"  # our key signed it, or our own address sent it
    RELAY = "relay"  # a server that the académie declares: SPF, or `[mail] trusted_forwarders`
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Record:
    """One record of an aggregate report: messages of one address with the same results.

    `signers`: domains whose DKIM signature passed; `return_domain`: the one for which SPF passed, or "".
    `is_dkim_aligned`, `is_spf_aligned`: what DMARC made of them. `disposition`: none, quarantine or reject.
    """

    address: str
    messages: int
    disposition: str
    is_dkim_aligned: bool
    is_spf_aligned: bool
    reason: str = ""  # why the policy was not followed: forwarded, mailing_list, local_policy…
    signers: tuple[str, ...] = ()
    return_domain: str = ""

    @property
    def passes(self) -> bool:
        return self.is_dkim_aligned or self.is_spf_aligned


@dataclass(frozen=True, slots=True)
class TlsFailure:
    """Sessions that failed for one reason (RFC 8460 §4.3) at one server of ours."""

    result: str
    server: str
    sessions: int


@dataclass(frozen=True, slots=True)
class Span:
    """Who reports, under which number, about which time."""

    organisation: str
    report_id: str
    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class DmarcReport:
    """An aggregate report. `policy`: what the reporter saw in DNS; `percentage`: of it (pct)."""

    span: Span
    domain: str
    policy: str
    percentage: int
    records: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class TlsReport:
    """What a TLS report says of one domain. `policy`: sts, tlsa or no-policy-found."""

    span: Span
    domain: str
    policy: str
    successes: int
    failures: int
    details: tuple[TlsFailure, ...]


type Report = DmarcReport | TlsReport


@dataclass(frozen=True, slots=True)
class Sender:
    """Whom a message came from: `name` is a domain that signs or answers for it, else an IP address."""

    origin: Origin
    name: str
    is_named: bool  # a domain vouches for it: not an address alone


@dataclass(frozen=True, slots=True)
class KnownSenders:
    """Whom we know. `addresses`: of our own servers; `relays`: domains and addresses of declared ones."""

    domains: frozenset[str]
    addresses: frozenset[str]
    relays: frozenset[str]


@dataclass(frozen=True, slots=True)
class SenderTotal:
    """What was said of a sender over a period, in messages."""

    sender: Sender
    domain: str
    passed: int
    failed: int
    forwarded: int  # of the failed: those a reporter knows to be sent on by a list or a forwarder
    reporters: int

    @property
    def total(self) -> int:
        return self.passed + self.failed


@dataclass(frozen=True, slots=True)
class DayCount:
    """Messages (DMARC) or sessions (TLS) of one day that passed and failed."""

    day: date
    passed: int
    failed: int


@dataclass(frozen=True, slots=True)
class TlsReason:
    """Why TLS failed over a period."""

    result: str
    server: str
    sessions: int


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A report in the list of those received."""

    kind: ReportKind
    organisation: str
    domain: str
    begins_at: datetime
    ends_at: datetime
    policy: str
    passed: int
    failed: int
    trust: Trust
