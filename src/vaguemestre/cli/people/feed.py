"""`vaguemestre feed`: check, apply and generate HR feeds."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from vaguemestre.cli.failures import Failed
from vaguemestre.cli.people.feed_plan import print_checked
from vaguemestre.cli.people.feed_queue import COMMANDS
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.text.os_errors import os_error_fr
from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.directory.queries import academy_domain, find_academy_id
from vaguemestre.people.directory.services import found_academy
from vaguemestre.people.directory.values import NumenLayout
from vaguemestre.people.intake import services
from vaguemestre.people.intake.ports import closing_days
from vaguemestre.people.intake.sample import feed_text, sample, structures_text
from vaguemestre.people.intake.services import CheckedFeed, FeedFiles, ImportContext
from vaguemestre.people.intake.values import ImportTerms, Plan
from vaguemestre.site.config import Config

app = typer.Typer(help="Flux RH : vérifier, appliquer, fabriquer un échantillon.", no_args_is_help=True)

for _name, _command in COMMANDS.items():
    app.command(_name)(_command)

_SEED = 1

_File = Annotated[Path, typer.Argument(help="Le flux : CSV UTF-8, séparateur point-virgule.")]
_Structures = Annotated[Path | None, typer.Option(help="Le fichier des établissements.")]
_Full = Annotated[str, typer.Option(help="Source pour laquelle ce fichier est déclaré complet.")]
_Academy = Annotated[str, typer.Option(help="Domaine de l’académie ; celle de la configuration par défaut.")]
_Confirm = Annotated[
    bool, typer.Option("--confirm-closures", help="Appliquer même au-delà de la limite de fermetures.")
]
_ConfirmRefusals = Annotated[
    bool, typer.Option("--confirm-refusals", help="Appliquer même au-delà de la limite de lignes refusées.")
]
_Older = Annotated[
    bool,
    typer.Option("--older", help="Appliquer même un fichier plus ancien qu’un autre déjà appliqué."),
]
_All = Annotated[bool, typer.Option("--all", help="Afficher tout le monde, et non les premiers.")]


@app.command()
def check(
    file: _File,
    structures: _Structures = None,
    full: _Full = "",
    confirm_closures: _Confirm = False,
    confirm_refusals: _ConfirmRefusals = False,
    older: _Older = False,
    everything: _All = False,
    academy: _Academy = "",
) -> None:
    """Lit tout, ne change rien, affiche le plan. Code 1 si le plan serait refusé."""
    now = timezone.now()
    setting = _setting(settings.CONFIG, find_academy_id(academy or settings.CONFIG.academy.domain))
    terms = _terms(settings.CONFIG, now, full, confirm_closures, confirm_refusals, older)
    checked = services.check_feed(_files(file, structures), setting, terms, now=now)
    print_checked(checked, setting.keys, everything=everything)
    if checked.plan.refusal:
        raise Failed(checked.plan.refusal, 1)


@app.command()
def apply(
    file: _File,
    structures: _Structures = None,
    full: _Full = "",
    confirm_closures: _Confirm = False,
    confirm_refusals: _ConfirmRefusals = False,
    older: _Older = False,
    everything: _All = False,
    academy: _Academy = "",
) -> None:
    """Affiche le plan puis l’applique. Interrompu, il peut être relancé."""
    now = timezone.now()
    setting = _setting(settings.CONFIG, _academy_id(settings.CONFIG, academy))
    terms = _terms(settings.CONFIG, now, full, confirm_closures, confirm_refusals, older)

    def show(checked: CheckedFeed) -> None:
        print_checked(checked, setting.keys, everything=everything)

    files = _files(file, structures)
    try:
        with _bar() as progress:
            done = services.apply_feed(files, setting, terms, now=now, progress=progress, planned=show)
    except Refusal as refusal:
        if refusal.code == "intake.import-running":
            raise Failed("un autre import est en cours : attendez sa fin.", 75) from refusal
        if refusal.code == "intake.feed-refused":
            sentence = f"{refusal.facts['reason']} Il attend : « vaguemestre feed list »."
            raise Failed(sentence, 1) from refusal
        raise
    typer.echo(_sentence(done.plan))


@app.command("sample")
def make_sample(
    agents: Annotated[int, typer.Option(min=1, max=2_000_000, help="Nombre d’agents.")] = 400,
    seed: Annotated[int, typer.Option(help="Même graine, mêmes personnes.")] = _SEED,
    out: Annotated[Path | None, typer.Option(help="Fichier du flux.")] = None,
    structures_out: Annotated[Path | None, typer.Option(help="Fichier des établissements.")] = None,
) -> None:
    """Écrit un flux réaliste et son fichier d’établissements."""
    academy = settings.CONFIG.academy
    drawn = sample(
        agents,
        seed,
        today=paris_day(timezone.now()),
        academy=academy.code,
        layout=NumenLayout(academy.numen_layout),
    )
    feed_file = out or Path(f"flux-{agents}-{seed}.csv")
    places_file = structures_out or feed_file.with_name(f"{feed_file.stem}-etablissements.csv")
    _write(places_file, structures_text(drawn.places))
    _write(feed_file, feed_text(drawn.people))
    typer.echo(f"{feed_file} : {counted(agents, 'agent')}")
    typer.echo(f"{places_file} : {counted(len(drawn.places), 'établissement')}")


def _write(path: Path, lines: Iterable[str]) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            file.writelines(lines)
    except OSError as error:
        raise Failed(f"{path} {_why(error)}.", 1) from error


def _files(file: Path, structures: Path | None) -> FeedFiles:
    try:
        file.open("rb").close()
    except OSError as error:
        raise Failed(f"{file} {_why(error)}.", 2) from error
    return FeedFiles(file, _read(structures) if structures else None, file.name)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Failed(f"{path} {_why(error)}.", 2) from error


def _why(error: OSError) -> str:
    reasons = {
        FileNotFoundError: "n’existe pas",
        PermissionError: "n’est pas accessible",
        IsADirectoryError: "est un dossier",
    }
    return reasons.get(type(error), f"ne peut pas servir ({os_error_fr(error)})")


def _academy_id(config: Config, domain: str) -> int:
    """Id of an académie. Those of the configuration are created at the first feed; others must exist."""
    if not domain or domain in config.domains:
        own = config.academy_at(domain)
        with transaction.atomic():
            return found_academy(own.code, own.name, own.domain, own.departments)
    academy_id = find_academy_id(domain)
    if not academy_id:
        raise Failed(f"l’académie « {domain} » n’est pas ici : « vaguemestre academy add ».", 1)
    return academy_id


def _setting(config: Config, academy_id: int) -> ImportContext:
    return ImportContext(
        academy_id=academy_id,
        keys=numen_keys.get(),
        quota_mb=config.mail.quota_mb,
        by="cli",
        lock=config.data_dir / "feed.lock",
        closing_days=closing_days.get(),
        keeps_usernames=config.academy_at(academy_domain(academy_id)).username_on_arrival == "kept",
    )


def _terms(
    config: Config, now: datetime, full: str, confirm_closures: bool, confirm_refusals: bool, older: bool
) -> ImportTerms:
    return ImportTerms(
        paris_day(now),
        config.feed.grace_days,
        config.feed.closure_limit_percent,
        full,
        confirm_closures,
        config.feed.refusal_limit_percent,
        confirm_refusals,
        older,
    )


@contextmanager
def _bar() -> Iterator[services.Progress]:
    """Progress bar on standard error, which leaves standard output to the plan."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:

        def tell(done: int, total: int) -> None:
            if total:  # a feed that changes nothing, or is refused, has no bar
                task = next(iter(progress.task_ids), None)
                progress.update(
                    progress.add_task("Application") if task is None else task, completed=done, total=total
                )

        yield tell


def _sentence(plan: Plan) -> str:
    if plan.is_empty:
        return f"Rien à changer. Lignes refusées : {len(plan.refused)}"
    changed = len(plan.changes) - len(plan.departures)
    parts = [counted(len(plan.arrivals), "arrivée")]
    if plan.transfers:
        parts.append(counted(len(plan.transfers), "mutation"))
    parts += [counted(changed, "changement"), counted(len(plan.departures), "départ")]
    return f"Appliqué : {', '.join(parts)}. Lignes refusées : {len(plan.refused)}"
