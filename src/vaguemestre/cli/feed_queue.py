"""Feeds that wait for a decision, and people whom a human must tell apart."""

from collections.abc import Callable
from typing import Annotated

import typer
from django.conf import settings
from django.utils import timezone
from rich.console import Console

from vaguemestre.directory.ports import numen_keys
from vaguemestre.directory.queries import find_academy_id
from vaguemestre.intake import queries, services
from vaguemestre.intake.handlers import apply_confirmed
from vaguemestre.kernel.texts import counted

_Feed = Annotated[int, typer.Argument(help="Le numéro du flux (« feed list »).")]
_Doubt = Annotated[int, typer.Argument(help="Le numéro du rapprochement (« feed doubts »).")]


def list_feeds() -> None:
    """Les derniers flux, et ceux qui attendent une décision."""
    found = queries.feeds_of(_academy())
    if not found:
        typer.echo("Aucun flux encore : « vaguemestre feed apply FICHIER ».")
    for feed in found:
        counts = ", ".join(
            (
                counted(feed.arrivals, "arrivée"),
                counted(feed.changes, "changement"),
                counted(feed.departures, "départ"),
            )
        )
        at = timezone.localtime(feed.started_at)
        typer.echo(f"{feed.feed_id}  {at:%d/%m/%Y %H:%M}  {feed.file_name}  {counts}  {_state(feed)}")
        if feed.waits:
            typer.echo(f"    {feed.refusal}")


def confirm(feed: _Feed) -> None:
    """Laisse appliquer un flux refusé en bloc, et l’applique."""
    event = services.confirm_feed(feed, by="cli", now=timezone.now())
    with Console(stderr=True).status("Application…"):
        apply_confirmed(event)
    typer.echo(f"Flux {feed} appliqué.")


def give_up(feed: _Feed) -> None:
    """Renonce à un flux refusé en bloc ; ses fichiers sont effacés."""
    services.give_feed_up(feed, settings.CONFIG.data_dir / "feeds", by="cli", now=timezone.now())
    typer.echo(f"Flux {feed} abandonné.")


def doubts() -> None:
    """Les personnes d’un flux qui ressemblent à une personne connue : à départager."""
    found = queries.doubts_of(_academy())
    for one in found:
        typer.echo(f"{one.doubt_id}  dossier {one.dossier}, ligne {one.first_line} : {one.reason}")
        typer.echo(f"    personne connue : {one.person_name}")
    if not found:
        typer.echo("Aucun rapprochement à faire.")


def answer(
    doubt: _Doubt,
    same: Annotated[
        bool, typer.Option("--same/--other", help="La même personne que celle qui est connue, ou une autre.")
    ],
) -> None:
    """Dit si c’est la même personne ; le prochain flux qui en parle suit la réponse."""
    services.answer_doubt(_academy(), doubt, same=same, by="cli", now=timezone.now())
    typer.echo("Réponse gardée : appliquez de nouveau le flux, ou attendez le prochain.")


def show_lines(doubt: _Doubt) -> None:
    """Les lignes du flux, NUMEN compris : à ne montrer qu’à qui en a la charge. C’est inscrit au journal."""
    keys = numen_keys.get()
    typer.echo(services.show_doubt_lines(_academy(), doubt, keys, by="cli", now=timezone.now()))


COMMANDS: dict[str, Callable[..., None]] = {
    "list": list_feeds,
    "confirm": confirm,
    "give-up": give_up,
    "doubts": doubts,
    "answer": answer,
    "lines": show_lines,
}


def _state(feed: queries.FeedShown) -> str:
    if feed.waits:
        return "attend une décision"
    if feed.refusal and not feed.confirmed_by:
        return "abandonné"
    return "appliqué" if feed.finished_at else "interrompu"


def _academy() -> int:
    return find_academy_id(settings.CONFIG.academy.domain)
