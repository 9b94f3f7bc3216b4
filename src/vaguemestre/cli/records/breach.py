"""`vaguemestre breach`: files of personal data breaches, and their deadlines."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from django.utils import timezone

from vaguemestre.cli.failures import Failed
from vaguemestre.cli.rows import Row, print_left_out, print_rows
from vaguemestre.desks.breaches import queries, services
from vaguemestre.desks.breaches.labels_fr import KINDS, deadline_fr, file_text
from vaguemestre.desks.breaches.values import BreachFacts, BreachFile, Notice, NoticeKind
from vaguemestre.foundation.kernel.text.french_dates import dated_moment_fr
from vaguemestre.foundation.kernel.times import PARIS

_BY = "cli"
_SHOWN = 1_000
_Number = Annotated[int, typer.Argument(help="Le numéro du dossier (« breach list »).")]
_Moment = Annotated[
    datetime | None,
    typer.Option(formats=["%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M"], help="Jour et heure ; maintenant si absent."),
]

app = typer.Typer(help="Violations de données : dossiers, délais, avis.", no_args_is_help=True)


@app.command("list")
def list_files() -> None:
    """Les dossiers, le dernier connu d’abord, avec le prochain avis dû."""
    now = timezone.now()
    breaches, total = queries.breaches_page(count=_SHOWN, now=now)
    rows = (
        Row(
            (
                str(breach.breach_id),
                dated_moment_fr(breach.facts.known_at),
                breach.facts.title,
                f"({_state(breach, now)})",
            )
        )
        for breach in breaches
    )
    print_rows(rows, empty="Aucune violation n’est enregistrée.")
    print_left_out(total - len(breaches))


def _state(breach: BreachFile, now: datetime) -> str:
    if breach.closed_at:
        return "clos"
    due = breach.next_deadline
    return f"{KINDS[due.kind]} : {deadline_fr(due, now)}" if due else "tous les avis sont envoyés"


@app.command("open")
def open_file(
    title: Annotated[str, typer.Argument(help="Ce qui est arrivé, en une ligne.")],
    known_at: _Moment = None,
    facts: Annotated[str, typer.Option(help="Ce qui est arrivé.")] = "",
    data: Annotated[str, typer.Option(help="Les données touchées.")] = "",
    persons: Annotated[str, typer.Option(help="Les personnes touchées.")] = "",
    measures: Annotated[str, typer.Option(help="Les mesures prises.")] = "",
) -> None:
    """Ouvre un dossier ; les délais courent à partir de --known-at."""
    now = timezone.now()
    breach_facts = BreachFacts(
        title, _aware(known_at, now), facts=facts, data_kinds=data, persons=persons, measures=measures
    )
    number = services.open_breach(breach_facts, by=_BY, now=now)
    typer.echo(f"Dossier {number} ouvert.")
    for item in _file(number).deadlines:
        typer.echo(f"{KINDS[item.kind]} : {deadline_fr(item, now)}")


@app.command("show")
def show_file(
    number: _Number,
    to: Annotated[Path | None, typer.Option(help="Écrit le dossier dans ce fichier.")] = None,
) -> None:
    """Montre un dossier entier, ou l’écrit ; le journal le note."""
    breach, now = _file(number), timezone.now()
    services.record_export(number, by=_BY, now=now)
    text = file_text(breach, now)
    if to is None:
        typer.echo(text, nl=False)
        return
    to.write_text(text, encoding="utf-8")
    typer.echo(f"Dossier {number} écrit dans {to}")


@app.command("notice")
def add_notice(
    number: _Number,
    kind: Annotated[NoticeKind, typer.Argument(help="L’avis.")],
    recipient: Annotated[str, typer.Argument(help="À qui.")],
    sent_at: _Moment = None,
    reference: Annotated[str, typer.Option(help="Le numéro donné par l’autorité.")] = "",
) -> None:
    """Enregistre un avis envoyé."""
    now = timezone.now()
    notice = Notice(kind, _aware(sent_at, now), recipient, reference)
    services.record_notice(number, notice, by=_BY, now=now)
    typer.echo("Avis enregistré.")


@app.command("close")
def close_file(
    number: _Number,
    note: Annotated[str, typer.Option(help="Pourquoi.", prompt="Pourquoi")],
) -> None:
    """Clôt un dossier."""
    services.close_breach(number, note, by=_BY, now=timezone.now())
    typer.echo("Dossier clos.")


def _aware(moment: datetime | None, now: datetime) -> datetime:
    return moment.replace(tzinfo=PARIS) if moment else now


def _file(number: int) -> BreachFile:
    breach = queries.breach_file(number, now=timezone.now())
    if breach is None:
        raise Failed(f"aucun dossier ne porte le numéro {number} (« breach list »).", 1)
    return breach
