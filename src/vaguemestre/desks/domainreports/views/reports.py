"""« Rapports DMARC et TLS »: what others report, drawn, with the senders that a tighter policy breaks."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from vaguemestre.access.signin.administrators import for_auditors, may_act
from vaguemestre.access.signin.http import SignedInRequest
from vaguemestre.desks.domainreports import labels_fr, queries
from vaguemestre.desks.domainreports.rules.charts import Bar, stacked_bars
from vaguemestre.desks.domainreports.rules.senders import is_regular, would_break
from vaguemestre.desks.domainreports.values import DayCount, ReportKind, SenderTotal, Trust
from vaguemestre.foundation.kernel.orders import column_of
from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.foundation.ui.listing import Listing

PERIODS = {"semaine": ("7 jours", 7), "mois": ("30 jours", 30), "trimestre": ("90 jours", 90)}
_TITLES = {
    ReportKind.DMARC: ("Courriels en notre nom (DMARC)", "Courriels"),
    ReportKind.TLS: ("Chiffrement vers nous (TLS)", "Connexions"),
}


class Drawing(NamedTuple):
    """A drawing and the days of its table, the newest first."""

    title: str
    what: str
    words: str
    share: str
    passed: int
    failed: int
    bars: tuple[Bar, ...]
    days: tuple[DayCount, ...]


class SenderRow(NamedTuple):
    total: SenderTotal
    origin: str
    name: str
    share: str
    advice: str
    breaks: bool
    is_regular: bool


@require_GET
@for_auditors
def show_reports(request: SignedInRequest) -> HttpResponse:
    """`periode`: of the drawings; `domaine`: of one domain; `vue=tableau`: the drawings as tables."""
    now, query = timezone.now(), request.GET
    period = query.get("periode") if query.get("periode") in PERIODS else "mois"
    domain = query.get("domaine") if query.get("domaine") in settings.CONFIG.domains else ""
    domains = [domain] if domain else list(settings.CONFIG.domains)
    title, count = PERIODS[period or "mois"]
    since = now.date() - timedelta(days=count - 1)
    totals, policies = queries.senders_since(domains, since), queries.policies_seen(domains, since)
    listing = Listing.of(query, ("-jour", *queries.ORDERS), count=12)
    lines, total = queries.reports_page(
        domains, since, order=column_of(listing.order, queries.ORDERS),
        first=listing.first, count=listing.count,
    )  # fmt: skip
    context = {
        "period": period,
        "period_title": title,
        "periods": [(key, name) for key, (name, _) in PERIODS.items()],
        "domain": domain,
        "may_act": may_act(request),
        "domains": settings.CONFIG.domains if len(settings.CONFIG.domains) > 1 else (),
        "is_table": query.get("vue") == "tableau",
        "drawings": [_drawing(kind, domains, since, now) for kind in ReportKind],
        "summary": labels_fr.summary_fr(totals),
        "policies": [(name, labels_fr.POLICIES[policy], pct) for name, (policy, pct) in policies.items()],
        "senders": _sender_rows(totals, {name: policy for name, (policy, _) in policies.items()}),
        "tls_reasons": [
            (labels_fr.TLS_RESULTS.get(reason.result, reason.result), reason)
            for reason in queries.tls_reasons_since(domains, since)
        ],
        "boxes": queries.boxes(domains),
        "set_aside": _set_aside(domains, since),
        "lines": [(line, labels_fr.POLICIES[line.policy], labels_fr.TRUSTS[line.trust]) for line in lines],
        "listing": listing,
        "total": total,
    }
    return render(request, "domainreports/reports.html", context)


def _drawing(kind: ReportKind, domains: Sequence[str], since: date, now: datetime) -> Drawing:
    counts = queries.days_of(kind, domains, since)
    span = (now.date() - since).days + 1
    days = [since + timedelta(days=number) for number in range(span)]
    rows = [counts.get(day, DayCount(day, 0, 0)) for day in days]
    passed, failed = sum(row.passed for row in rows), sum(row.failed for row in rows)
    title, what = _TITLES[kind]
    return Drawing(
        title, what, labels_fr.drawing_fr(title, passed, failed), labels_fr.share_fr(passed, failed),
        passed, failed, stacked_bars(rows), tuple(row for row in reversed(rows) if row.passed + row.failed),
    )  # fmt: skip


def _sender_rows(totals: Sequence[SenderTotal], policies: dict[str, str]) -> list[SenderRow]:
    """The senders that would break first."""
    rows = [
        SenderRow(
            total,
            labels_fr.ORIGINS[total.sender.origin],
            labels_fr.name_fr(total),
            labels_fr.share_fr(total.passed, total.failed),
            labels_fr.advice_fr(total, policies.get(total.domain, "none")),
            would_break(total),
            is_regular(total),
        )
        for total in totals
    ]
    return sorted(rows, key=lambda row: (not row.breaks, not row.is_regular, -row.total.failed))


def _set_aside(domains: Sequence[str], since: date) -> list[str]:
    """What was not drawn, in sentences."""
    counts = queries.count_reports(domains, since)
    sentences = []
    if forged := counts.get(Trust.FORGED, 0):
        sentences.append(
            f"{counted(forged, 'rapport écarté', 'rapports écartés')} : rien ne garantit qui l’envoie."
        )
    if unknown := counts.get(Trust.UNKNOWN, 0):
        sentences.append(f"{counted(unknown, 'rapport')} sans vérification de l’expéditeur.")
    for box in queries.boxes(domains):
        if box.set_aside:
            reason = labels_fr.SET_ASIDE.get(box.set_aside_reason, "illisible")
            sentences.append(
                f"{box.address} : {counted(box.set_aside, 'courriel')} sans rapport lu"
                f" (le dernier : {reason})."
            )
    return sentences
