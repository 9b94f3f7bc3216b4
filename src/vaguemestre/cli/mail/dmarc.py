"""`vaguemestre dmarc`: what others report of mail in our name (DMARC, TLS)."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from django.utils import timezone

from vaguemestre.cli.failures import Failed
from vaguemestre.cli.rows import Row, print_rows
from vaguemestre.desks.domainreports import labels_fr, queries
from vaguemestre.desks.domainreports.ports import find_known_senders
from vaguemestre.desks.domainreports.rules.attachments import reports_of_file
from vaguemestre.desks.domainreports.rules.limits import MAX_MESSAGE_BYTES, UnreadableReport
from vaguemestre.desks.domainreports.services import store_report
from vaguemestre.desks.domainreports.values import ReportKind, ReportSender, SenderTotal, Trust
from vaguemestre.foundation.kernel.text.os_errors import os_error_fr
from vaguemestre.foundation.kernel.texts import counted

app = typer.Typer(
    help="Rapports DMARC et TLS des autres : les montrer, en lire de fichiers.", no_args_is_help=True
)

_Days = Annotated[int, typer.Option("--days", min=1, max=400, help="Sur combien de jours.")]


@app.command("show")
def show(
    days: _Days = 30,
    domain: Annotated[str, typer.Option("--domain", help="Un domaine ; tous sans cela.")] = "",
) -> None:
    """Ce que disent les rapports, et les expéditeurs qu’une politique plus dure arrêterait."""
    domains = _domains(domain)
    since = timezone.now().date() - timedelta(days=days - 1)
    policies = {name: policy for name, (policy, _) in queries.policies_seen(domains, since).items()}
    for kind, title in (
        (ReportKind.DMARC, "Courriels en notre nom"),
        (ReportKind.TLS, "Chiffrement vers nous"),
    ):
        counts = queries.days_of(kind, domains, since).values()
        passed, failed = sum(row.passed for row in counts), sum(row.failed for row in counts)
        typer.echo(
            f"{title} : {labels_fr.share_fr(passed, failed)} passent"
            f" ({labels_fr.number_fr(passed)} passent, {labels_fr.number_fr(failed)} échouent)"
        )
    for name, policy in policies.items():
        typer.echo(f"Politique de {name}, vue par les autres : {labels_fr.POLICIES[policy]}")
    totals = queries.senders_since(domains, since)
    typer.echo(labels_fr.summary_fr(totals))
    print_rows((_row(total, policies.get(total.domain, "none")) for total in totals), empty="")
    _print_tls_reasons(domains, since=since)


@app.command("read")
def read(files: Annotated[list[Path], typer.Argument(help="Des courriels, zip, gz, XML ou JSON.")]) -> None:
    """Lit des rapports gardés dans des fichiers, comme s’ils arrivaient."""
    known, is_bad, unknown = find_known_senders.get()(), False, ReportSender(Trust.UNKNOWN)
    for path in files:
        try:
            with path.open("rb") as file:
                content = file.read(MAX_MESSAGE_BYTES + 1)
            reports = reports_of_file(content)
            new = sum(
                store_report(report, known, settings.CONFIG.domains, sender=unknown, now=timezone.now())
                for report in reports
            )
            typer.echo(f"{path} : {counted(new, 'nouveau rapport', 'nouveaux rapports')} sur {len(reports)}.")
        except OSError as error:
            raise Failed(f"{path} : {os_error_fr(error)}.", 1) from error
        except UnreadableReport as error:
            is_bad = True
            typer.echo(f"{path} : rapport {labels_fr.SET_ASIDE.get(error.reason, 'illisible')}.")
    if is_bad:
        raise typer.Exit(1)


def _row(total: SenderTotal, policy: str) -> Row:
    return Row(
        (
            f"{total.sender.name} ({labels_fr.ORIGINS[total.sender.origin].lower()})",
            f"au nom de {total.domain}",
            labels_fr.share_fr(total.passed, total.failed),
        ),
        (labels_fr.advice_fr(total, policy),),
    )


def _print_tls_reasons(domains: Sequence[str], *, since: date) -> None:
    for reason in queries.tls_reasons_since(domains, since):
        words = labels_fr.TLS_RESULTS.get(reason.result, reason.result)
        typer.echo(f"TLS : {words} ({reason.server or 'serveur inconnu'}, {reason.sessions})")


def _domains(domain: str) -> list[str]:
    if domain and domain not in settings.CONFIG.domains:
        raise Failed(f"{domain} n’est pas un domaine de cette installation.", 1)
    return [domain] if domain else list(settings.CONFIG.domains)
