"""Storing of reports: once each, about our domains only, with what they count."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from vaguemestre.desks.domainreports.models import DomainReport, SenderCount, TlsFailureCount
from vaguemestre.desks.domainreports.rules.limits import MAX_COUNT, UnreadableReport, is_timely
from vaguemestre.desks.domainreports.rules.totals import count_failures, count_senders, day_of
from vaguemestre.desks.domainreports.values import (
    DmarcReport,
    KnownSenders,
    Report,
    ReportKind,
    ReportSender,
    TlsReport,
    Trust,
)

MAX_REPORTS_A_DAY = 5_000  # received, of all domains: reporters send one a day each
MAX_OF_ONE_SENDER_A_DAY = 200  # whoever owns a domain may send authentic ones
MAX_FORGED_A_DAY = 500  # anybody may send these: they take no place from the others


class Refused(UnreadableReport):
    """A report that can be read, and is not for us: another domain, another time, too many of them."""


@transaction.atomic
def store_report(
    report: Report, known: KnownSenders, domains: Collection[str], *, sender: ReportSender, now: datetime
) -> bool:
    """Store a report; False if it was there already. Raises Refused.

    Of a forged one only the line is kept: what it counts is nobody's word. The true one takes its place. One
    that somebody else sent, with their own domain, under the same name and number, stands beside it: whoever
    guesses the number of a report would have the true one thrown away.
    """
    if not any(report.domain == domain or report.domain.endswith(f".{domain}") for domain in domains):
        raise Refused("other-domain")
    if not is_timely(report.span, now):
        raise Refused("dates")
    check_flood(sender, now)
    row, is_new = _row_of(report, sender, now)
    is_forged = sender.trust is Trust.FORGED
    if not is_new and not is_forged and row.trust == Trust.FORGED:
        row.trust, row.sender, row.ends_at, row.received_at = *sender, report.span.ends_at, now
        row.save(update_fields=("trust", "sender", "ends_at", "received_at"))
        is_new = True
    if is_new and not is_forged:
        _store_counts(row, report, known)
    return is_new


def _row_of(report: Report, sender: ReportSender, now: datetime) -> tuple[DomainReport, bool]:
    """The row of that report by that sender, and whether it is new."""
    key = {
        "domain": report.domain,
        "kind": ReportKind.DMARC if isinstance(report, DmarcReport) else ReportKind.TLS,
        "organisation": report.span.organisation,
        "report_id": report.span.report_id,
        "begins_at": report.span.begins_at,
        "policy": report.policy,
    }
    there = DomainReport.objects.filter(**key)
    if sender.domain:  # its own, or one whose sender is not known
        there = there.filter(sender__in=(sender.domain, "")).order_by("-sender")
    row = there.exclude(trust=Trust.FORGED).first() or there.first()
    if row is not None:
        return row, False
    return DomainReport.objects.get_or_create(
        **key,
        sender=sender.domain,
        defaults={
            "ends_at": report.span.ends_at,
            "day": day_of(report.span),
            "trust": sender.trust,
            "received_at": now,
        },
    )


def check_flood(sender: ReportSender, now: datetime) -> None:
    """Raises Refused if enough of such reports were stored today."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    today = DomainReport.objects.filter(received_at__gte=midnight)
    if sender.trust is Trust.FORGED:
        is_full = today.filter(trust=Trust.FORGED).count() >= MAX_FORGED_A_DAY
    else:
        is_full = today.exclude(trust=Trust.FORGED).count() >= MAX_REPORTS_A_DAY
    if sender.domain:
        is_full |= today.filter(sender=sender.domain).count() >= MAX_OF_ONE_SENDER_A_DAY
    if is_full:
        raise Refused("too-many")


def _store_counts(row: DomainReport, report: Report, known: KnownSenders) -> None:
    if isinstance(report, TlsReport):
        row.passed, row.failed = report.successes, report.failures
        TlsFailureCount.objects.bulk_create(
            TlsFailureCount(
                report=row,
                result=failure.result,
                server=failure.server,
                sessions=min(failure.sessions, MAX_COUNT),
            )
            for failure in count_failures(report)
        )
    else:
        row.percentage = report.percentage
        row.passed = sum(record.messages for record in report.records if record.passes)
        row.failed = sum(record.messages for record in report.records if not record.passes)
        SenderCount.objects.bulk_create(
            SenderCount(
                report=row,
                origin=total.sender.origin,
                name=total.sender.name[:253],
                is_named=total.sender.is_named,
                passed=total.passed,
                failed=total.failed,
                forwarded=total.forwarded,
            )
            for total in count_senders(report, known)
        )
    row.save(update_fields=("passed", "failed", "percentage"))
