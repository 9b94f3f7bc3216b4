"""Printed feed plans: each change by name, with values before and after."""

from collections.abc import Iterator, Sequence
from itertools import islice

import typer

from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.people.directory.queries import place_names
from vaguemestre.people.directory.rules.nomenclature import function_label
from vaguemestre.people.directory.values import NumenKeys
from vaguemestre.people.intake.queries import FeedSummary, plan_rows_page, refused_rows
from vaguemestre.people.intake.rules.labels_fr import (
    SITUATIONS,
    day_text,
    differences_beside_leaving,
    differences_text,
    uais_in_differences,
)
from vaguemestre.people.intake.services import CheckedFeed, plan_rows_of_kind
from vaguemestre.people.intake.values import PlanRow, RefusedLine, RowKind, Situation

SHOWN = 20
SHOWN_DEPARTURES = 200
_ALL = 10**9
_TITLES = {
    RowKind.DEPARTURE: "Départs",
    RowKind.CHANGE: "Changements",
    RowKind.TRANSFER: "Mutations depuis une autre académie d’ici",
    RowKind.ARRIVAL: "Arrivées",
}
_ORDER = (RowKind.ARRIVAL, RowKind.TRANSFER, RowKind.CHANGE, RowKind.DEPARTURE)


def print_checked(checked: CheckedFeed, keys: NumenKeys, *, everything: bool) -> None:
    """Print the plan of a feed just compared."""
    plan = checked.plan
    for notice in checked.notices:
        typer.echo(f"Remarque : {notice}")
    typer.echo(f"Lignes lues : {checked.lines}")
    totals = {
        RowKind.ARRIVAL: len(plan.arrivals),
        RowKind.TRANSFER: len(plan.transfers),
        RowKind.CHANGE: len(plan.changes) - len(plan.departures),
        RowKind.DEPARTURE: len(plan.departures),
    }
    for kind in _ORDER:
        _print_list(kind, plan_rows_of_kind(plan, kind, keys), totals[kind], everything=everything)
    typer.echo(f"Inchangés : {plan.unchanged}")
    if plan.ended_already:
        left = "fonctions finies, ou mutation dont le jour n’est pas venu"
        typer.echo(f"Laissés comme ils sont ({left}) : {plan.ended_already}")
    _print_refused("Lignes refusées", plan.refused)
    if checked.refused_places:
        _print_refused("Établissements refusés", checked.refused_places)


def print_held(feed: FeedSummary, *, everything: bool) -> None:
    """Print the stored plan of a held feed."""
    for kind in _ORDER:
        count = _most(kind, everything=everything)
        rows, total = plan_rows_page(feed.feed_id, (kind,), count=count)
        _print_list(kind, iter(rows), total, everything=everything)
    typer.echo(f"Inchangés : {feed.unchanged}")
    lines = [RefusedLine(line, column, reason) for line, column, _, reason in refused_rows(feed.feed_id)]
    _print_refused("Lignes refusées", lines)


def _print_list(kind: RowKind, rows: Iterator[PlanRow], total: int, *, everything: bool) -> None:
    if kind is RowKind.TRANSFER and not total:
        return
    typer.echo(f"{_TITLES[kind]} : {total}")
    first_rows = list(islice(rows, _most(kind, everything=everything)))
    uais = {row.uai for row in first_rows}.union(
        *(uais_in_differences(row.differences) for row in first_rows)
    )
    places = place_names(uais)
    for row in first_rows:
        typer.echo(f"  {row.dossier}  {row.name}{_detail(row, places)}")
    if total > len(first_rows):
        typer.echo(f"  … et {counted(total - len(first_rows), 'autre')} (tout : --all)")


def _detail(row: PlanRow, places: dict[str, str]) -> str:
    if row.kind is RowKind.CHANGE:
        return f" : {differences_text(row.differences, places)}"
    where = ", ".join(part for part in (function_label(row.function), places.get(row.uai) or row.uai) if part)
    if row.kind is RowKind.DEPARTURE:
        besides = differences_text(differences_beside_leaving(row.differences), places)
        return f"  ({where}){_departure(row)}{f' ; {besides}' if besides else ''}"
    return f"  ({where})"


def _departure(row: PlanRow) -> str:
    parts = []
    if row.situation:
        parts.append(SITUATIONS[row.situation])
    if row.leaves_on:
        parts.append(f"dernier jour le {day_text(row.leaves_on)}")
    if row.situation is Situation.DEATH:
        parts.append("compte fermé et boîte gelée dès l’application")
    elif row.account_act == "close":
        parts.append("compte fermé dès l’application")
    return "".join(f", {part}" for part in parts)


def _most(kind: RowKind, *, everything: bool) -> int:
    if everything:
        return _ALL
    return SHOWN_DEPARTURES if kind is RowKind.DEPARTURE else SHOWN


def _print_refused(title: str, refused: Sequence[RefusedLine]) -> None:
    typer.echo(f"{title} : {len(refused)}")
    for line in refused:
        column = f", colonne {line.column}" if line.column else ""
        typer.echo(f"  ligne {line.line}{column} : {line.reason}")
