"""Held feeds, and match candidates to decide."""

import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

import typer
from django.conf import settings
from django.utils import timezone
from rich.console import Console

from vaguemestre.cli.failures import Failed
from vaguemestre.cli.people.feed_plan import print_held
from vaguemestre.cli.rows import Row, print_rows
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.text.french_dates import dated_moment_fr
from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.directory.queries import find_academy_id
from vaguemestre.people.intake import queries, services
from vaguemestre.people.intake.handlers import apply_confirmed, import_context_of, import_terms_of

_Feed = Annotated[int, typer.Argument(help="Le numéro du flux (« feed list »).")]
_All = Annotated[bool, typer.Option("--all", help="Afficher tout le monde, et non les premiers.")]
_Academy = Annotated[str, typer.Option("--academy", help="Le domaine de l’académie, s’il y en a plusieurs.")]
_Candidate = Annotated[int, typer.Argument(help="Le numéro du rapprochement (« feed candidates »).")]


def list_feeds(academy: _Academy = "") -> None:
    """Les derniers flux, et ceux qui attendent une décision."""
    feeds = queries.feed_summaries(_academy_id(academy))
    print_rows(map(_row, feeds), empty="Aucun flux encore : « vaguemestre feed apply FICHIER ».")


def _row(feed: queries.FeedSummary) -> Row:
    counts = (
        counted(feed.arrivals, "arrivée"),
        counted(feed.changes, "changement"),
        counted(feed.departures, "départ"),
    )
    at = timezone.localtime(feed.started_at)
    cells = (str(feed.feed_id), f"{at:%d/%m/%Y %H:%M}", feed.file_name, ", ".join(counts), _state(feed))
    return Row(cells, (feed.refusal,) if feed.waits else ())


def show(feed: _Feed, everything: _All = False) -> None:
    """Le plan d’un flux retenu, tel qu’il a été gardé : qui part, qui change, qui arrive."""
    waiting = _waiting(feed)
    _print(waiting, everything=everything)


def replan(feed: _Feed, everything: _All = False) -> None:
    """Refait le plan d’un flux retenu, d’après ce qui est connu aujourd’hui."""
    _print(_planned_again(_waiting(feed)), everything=everything)


def confirm(
    feed: _Feed,
    departures: Annotated[
        int | None, typer.Option(help="Le nombre de départs du plan montré ; demandé sinon.")
    ] = None,
    everything: _All = False,
) -> None:
    """Montre le plan d’un flux retenu, demande de confirmer, et l’applique tel qu’il est montré."""
    waiting, now = _waiting(feed), timezone.now()
    if stale := services.stale_reason(waiting, now):
        _print(_planned_again(waiting), everything=everything)
        raise Failed(f"{stale} Rien n’est appliqué : voici le nouveau plan, à confirmer de nouveau.", 1)
    _print(waiting, everything=everything)
    if waiting.departures and departures is None:
        departures = _ask_departures(waiting)
    event = services.confirm_feed(
        feed, plan=waiting.plan_digest, departures=departures, by="cli", now=timezone.now()
    )
    with Console(stderr=True).status("Application…"):
        apply_confirmed(event)
    after = queries.feed_summary(feed)
    if after and after.waits:
        _print(after, everything=everything)
        raise Failed(f"{after.plan_note} Rien n’est appliqué : confirmez de nouveau.", 1)
    typer.echo(f"Flux {feed} appliqué.")


def _waiting(feed_id: int) -> queries.FeedSummary:
    feed = queries.feed_summary(feed_id)
    if feed is None or not feed.waits:
        raise Refusal("intake.feed-decided")
    return feed


def _planned_again(feed: queries.FeedSummary) -> queries.FeedSummary:
    setting = replace(import_context_of(feed), by="cli")
    services.rebuild_plan(feed.feed_id, setting, import_terms_of(feed, timezone.now()), now=timezone.now())
    return _waiting(feed.feed_id)


def _print(feed: queries.FeedSummary, *, everything: bool) -> None:
    if feed.planned_at:
        at = timezone.localtime(feed.planned_at)
        typer.echo(f"Flux {feed.feed_id}, {feed.file_name} : plan du {dated_moment_fr(at)}")
    typer.echo(feed.refusal)
    print_held(feed, everything=everything)


def _ask_departures(feed: queries.FeedSummary) -> int:
    if not sys.stdin.isatty():
        raise Failed(f"pour confirmer sans terminal : --departures {feed.departures}.", 2)
    return int(typer.prompt("Pour confirmer, écrivez le nombre de départs", type=int))


def give_up(feed: _Feed) -> None:
    """Renonce à un flux refusé en bloc ; ses fichiers sont effacés."""
    services.discard_feed(feed, by="cli", now=timezone.now())
    typer.echo(f"Flux {feed} abandonné.")


def candidates(academy: _Academy = "") -> None:
    """Les personnes d’un flux qui ressemblent à une personne connue : à départager."""
    rows = (
        Row(
            (
                str(candidate.candidate_id),
                f"dossier {candidate.dossier}, ligne {candidate.first_line} : {candidate.reason}",
            ),
            (f"personne connue : {candidate.person_name}",),
        )
        for candidate in queries.match_candidates_of(_academy_id(academy))
    )
    print_rows(rows, empty="Aucun rapprochement à faire.")


def answer(
    candidate: _Candidate,
    same: Annotated[
        bool, typer.Option("--same/--other", help="La même personne que celle qui est connue, ou une autre.")
    ],
) -> None:
    """Dit si c’est la même personne ; le prochain flux qui en parle suit la réponse."""
    services.answer_match_candidate(
        _academy_of(candidate), candidate, same=same, by="cli", now=timezone.now()
    )
    typer.echo("Réponse gardée : appliquez de nouveau le flux, ou attendez le prochain.")


def show_lines(candidate: _Candidate) -> None:
    """Les lignes du flux, NUMEN compris : à ne montrer qu’à qui en a la charge. C’est inscrit au journal."""
    keys = numen_keys.get()
    typer.echo(
        services.reveal_match_candidate_lines(
            _academy_of(candidate), candidate, keys, by="cli", now=timezone.now()
        )
    )


COMMANDS: dict[str, Callable[..., None]] = {
    "list": list_feeds,
    "show": show,
    "replan": replan,
    "confirm": confirm,
    "give-up": give_up,
    "candidates": candidates,
    "answer": answer,
    "lines": show_lines,
}


def _state(feed: queries.FeedSummary) -> str:
    if feed.waits:
        return "attend une décision"
    if feed.refusal and not feed.confirmed_by:
        return "abandonné"
    return "appliqué" if feed.finished_at else "interrompu"


def _academy_id(domain: str) -> int:
    academy_id = find_academy_id(domain or settings.CONFIG.academy.domain)
    if domain and not academy_id:
        raise Failed(f"l’académie « {domain} » n’est pas ici : « vaguemestre academy list ».", 1)
    return academy_id


def _academy_of(candidate_id: int) -> int:
    return queries.academy_of_match_candidate(candidate_id) or 0
