"""The records of a report, added up by sender."""

from collections import defaultdict
from datetime import UTC, date

from vaguemestre.desks.domainreports.rules.senders import FORWARDED, sender_of
from vaguemestre.desks.domainreports.values import (
    DmarcReport,
    KnownSenders,
    Sender,
    SenderTotal,
    Span,
    TlsFailure,
    TlsReport,
)

MAX_SENDERS = 500  # of one report: those with most messages


def count_senders(report: DmarcReport, known: KnownSenders) -> tuple[SenderTotal, ...]:
    """What a report says of each sender, those with most messages first."""
    sums: defaultdict[Sender, list[int]] = defaultdict(lambda: [0, 0, 0])
    for record in report.records:
        total = sums[sender_of(record, report.domain, known)]
        total[0 if record.passes else 1] += record.messages
        if not record.passes and record.reason in FORWARDED:
            total[2] += record.messages
    totals = (
        SenderTotal(sender, report.domain, passed, failed, forwarded, reporters=1)
        for sender, (passed, failed, forwarded) in sums.items()
    )
    return tuple(sorted(totals, key=lambda total: (-total.total, total.sender.name))[:MAX_SENDERS])


def count_failures(report: TlsReport) -> tuple[TlsFailure, ...]:
    """Failed sessions by reason and server."""
    sums: defaultdict[tuple[str, str], int] = defaultdict(int)
    for failure in report.details:
        sums[failure.result, failure.server] += failure.sessions
    return tuple(TlsFailure(result, server, sessions) for (result, server), sessions in sums.items())


def day_of(span: Span) -> date:
    """The day a report is about: that of the middle of its span, in UTC."""
    return (span.begins_at + (span.ends_at - span.begins_at) / 2).astimezone(UTC).date()
