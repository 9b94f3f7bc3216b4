"""What reports say, added up. Those whose sender nothing vouches for are left out."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet, Sum

from vaguemestre.desks.domainreports.models import DomainReport, ReportBox, SenderCount, TlsFailureCount
from vaguemestre.desks.domainreports.values import (
    DayCount,
    Origin,
    ReportKind,
    ReportLine,
    Sender,
    SenderTotal,
    TlsReason,
    Trust,
)

# Sort keys of the page → columns.
ORDERS = {"jour": "day", "de": "organisation", "echecs": "failed"}
_MAX_SENDERS = 200


def overdue_boxes(before: datetime) -> list[int]:
    rows = ReportBox.objects.filter(Q(read_at__lt=before) | Q(read_at__isnull=True))
    return list(rows.values_list("pk", flat=True))


def boxes(domains: Sequence[str]) -> list[ReportBox]:
    """The mailboxes of these domains, with what was set aside."""
    return list(ReportBox.objects.filter(domain__in=domains).order_by("domain"))


def days_of(kind: ReportKind, domains: Sequence[str], since: date) -> dict[date, DayCount]:
    """Messages or sessions by day."""
    rows = _reports(kind, domains, since).values("day").annotate(ok=Sum("passed"), bad=Sum("failed"))
    return {row["day"]: DayCount(row["day"], row["ok"], row["bad"]) for row in rows}


def senders_since(domains: Sequence[str], since: date) -> tuple[SenderTotal, ...]:
    """What was said of each sender, by domain: those with most failures first, then most messages."""
    rows = (
        SenderCount.objects.filter(report__in=_reports(ReportKind.DMARC, domains, since))
        .values("origin", "name", "is_named", "report__domain")
        .annotate(
            ok=Sum("passed"),
            bad=Sum("failed"),
            sent_on=Sum("forwarded"),
            reporters=Count("report__organisation", distinct=True),
        )
        .order_by("-bad", "-ok", "name")[:_MAX_SENDERS]
    )
    return tuple(
        SenderTotal(
            Sender(Origin(row["origin"]), row["name"], row["is_named"]),
            row["report__domain"], row["ok"], row["bad"], row["sent_on"], row["reporters"],
        )
        for row in rows
    )  # fmt: skip


def tls_reasons_since(domains: Sequence[str], since: date) -> tuple[TlsReason, ...]:
    rows = (
        TlsFailureCount.objects.filter(report__in=_reports(ReportKind.TLS, domains, since))
        .values("result", "server")
        .annotate(sum=Sum("sessions"))
        .order_by("-sum", "result")[:50]
    )
    return tuple(TlsReason(row["result"], row["server"], row["sum"]) for row in rows)


def policies_seen(domains: Sequence[str], since: date) -> dict[str, tuple[str, int]]:
    """The DMARC policy of each domain and its percentage, as the last report saw it in DNS."""
    rows = _reports(ReportKind.DMARC, domains, since).order_by("ends_at")
    return {
        domain: (policy, pct) for domain, policy, pct in rows.values_list("domain", "policy", "percentage")
    }


def count_reports(domains: Sequence[str], since: date) -> dict[Trust, int]:
    """How many reports were received, by what our filter said of them."""
    rows = DomainReport.objects.filter(_of(domains), day__gte=since).values("trust").annotate(sum=Count("pk"))
    return {Trust(row["trust"]): row["sum"] for row in rows}


def reports_page(
    domains: Sequence[str], since: date, *, order: str = "-day", first: int = 0, count: int = 30
) -> tuple[list[ReportLine], int]:
    """A page of the reports received, and their total. `order`: a column of ORDERS, reversed by a `-`."""
    rows = DomainReport.objects.filter(_of(domains), day__gte=since).order_by(order, "pk")
    page = [
        ReportLine(
            ReportKind(row.kind), row.organisation, row.domain, row.begins_at, row.ends_at, row.policy,
            row.passed, row.failed, Trust(row.trust),
        )
        for row in rows[first : first + count]
    ]  # fmt: skip
    return page, rows.count()


def _reports(kind: ReportKind, domains: Sequence[str], since: date) -> QuerySet[DomainReport]:
    rows = DomainReport.objects.filter(_of(domains), kind=kind, day__gte=since)
    return rows.exclude(trust=Trust.FORGED)


def _of(domains: Sequence[str]) -> Q:
    """Reports about these domains and those below them."""
    condition = Q(domain__in=domains)
    for domain in domains:
        condition |= Q(domain__endswith=f".{domain}")
    return condition
