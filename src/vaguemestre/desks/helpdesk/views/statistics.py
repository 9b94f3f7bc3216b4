"""Statistics of help requests over twelve months: figures drawn, by subject, by establishment, by week."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from vaguemestre.access.signin.http import SignedInRequest
from vaguemestre.access.signin.offices import within_academy
from vaguemestre.desks.helpdesk.forms import KIND_LABELS
from vaguemestre.desks.helpdesk.http import for_readers
from vaguemestre.desks.helpdesk.queries.statistics import MAX_REQUESTS, request_times
from vaguemestre.desks.helpdesk.rules.delay_labels import delay_fr
from vaguemestre.desks.helpdesk.rules.request_statistics import (
    Figures,
    RequestTimes,
    figures_by,
    figures_by_week,
    figures_of,
    first_day,
)
from vaguemestre.desks.helpdesk.values import RequestKind
from vaguemestre.desks.operations.rules.charts import Bar, bars, lines
from vaguemestre.foundation.kernel.times import PARIS, paris_day
from vaguemestre.foundation.ui.files.sheets import csv_lines

_SHOWN_PLACES = 30
_UNKNOWN_PLACE = "Établissement non connu"
_HEADS = {"semaine": "semaine du", "sujet": "sujet", "etablissement": "établissement"}
_COLUMNS = (
    "demandes reçues", "répondues", "prise en charge, médiane en minutes", "réponse, médiane en minutes",
)  # fmt: skip


class Drawing(NamedTuple):
    """A figure over twelve months; `words`: what its drawing shows, for who does not see it."""

    name: str
    title: str
    value: str
    words: str
    bars: tuple[Bar, ...]
    lines: tuple[str, ...]


class _Counted(NamedTuple):
    requests: list[RequestTimes]
    is_cut: bool
    today: date


@require_GET
@for_readers
@within_academy
def show_statistics(request: SignedInRequest) -> HttpResponse:
    """`vue=tableau`: the weeks as a table instead of drawings."""
    counted = _counted(request)
    weeks, places = figures_by_week(counted.requests, counted.today), _by_place(counted.requests)
    context = {
        "drawings": _drawings(figures_of(counted.requests), [figures for _, figures in weeks]),
        "weeks": [(f"{monday:%d/%m/%Y}", figures) for monday, figures in reversed(weeks)],
        "is_table": request.GET.get("vue") == "tableau",
        "kinds": _by_kind(counted.requests),
        "places": places[:_SHOWN_PLACES],
        "more_places": max(0, len(places) - _SHOWN_PLACES),
        "most": MAX_REQUESTS if counted.is_cut else 0,
        "first": first_day(counted.today),
    }
    return render(request, "helpdesk/statistics.html", context)


@require_GET
@for_readers
@within_academy
def download_statistics(request: SignedInRequest) -> HttpResponse:
    """`par`: the table to download, whole."""
    which, counted = request.GET.get("par", ""), _counted(request)
    if which not in _HEADS:
        raise Http404
    rows: Sequence[tuple[str, Figures]]
    if which == "semaine":
        weeks = figures_by_week(counted.requests, counted.today)
        rows = [(f"{monday:%d/%m/%Y}", figures) for monday, figures in weeks]
    else:
        rows = _by_kind(counted.requests) if which == "sujet" else _by_place(counted.requests)
    lines_of_file = [
        (name, one.received, one.answered, _minutes(one.until_taken), _minutes(one.until_answered))
        for name, one in rows
    ]
    content = "".join(csv_lines((_HEADS[which], *_COLUMNS), lines_of_file))
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="demandes-par-{which}.csv"'
    return response


def _counted(request: SignedInRequest) -> _Counted:
    today = paris_day(timezone.now())
    since = datetime.combine(first_day(today), time(), tzinfo=PARIS)
    requests, is_cut = request_times(since, today, academy_id=request.who.office_academy)
    return _Counted(requests, is_cut, today)


def _by_kind(requests: Sequence[RequestTimes]) -> list[tuple[str, Figures]]:
    labels: dict[str, str] = {kind.value: label for kind, label in KIND_LABELS.items()}
    other = labels[RequestKind.OTHER]
    return figures_by(lambda one: labels.get(one.kind, other), requests)


def _by_place(requests: Sequence[RequestTimes]) -> list[tuple[str, Figures]]:
    return figures_by(lambda one: one.place or _UNKNOWN_PLACE, requests)


def _drawings(whole: Figures, weeks: Sequence[Figures]) -> list[Drawing]:
    return [
        _flow("received", "Reçues", whole.received, [week.received for week in weeks]),
        _flow("answered", "Répondues", whole.answered, [week.answered for week in weeks]),
        _level("taken", "Prise en charge, médiane", whole, weeks, lambda one: one.until_taken),
        _level("closed", "Réponse, médiane", whole, weeks, lambda one: one.until_answered),
    ]


def _flow(name: str, title: str, total: int, values: Sequence[int]) -> Drawing:
    words = f"{title}, par semaine : de {min(values)} à {max(values)}"
    return Drawing(name, title, str(total), words, bars(values), ())


def _level(
    name: str,
    title: str,
    whole: Figures,
    weeks: Sequence[Figures],
    delay: Callable[[Figures], timedelta | None],
) -> Drawing:
    delays = [delay(week) for week in weeks]
    known = [one for one in delays if one is not None]
    words = f"{title}, par semaine : aucune encore"
    if known:
        words = f"{title}, par semaine : de {delay_fr(min(known))} à {delay_fr(max(known))}"
    points = lines([None if one is None else one.total_seconds() for one in delays])
    total = delay(whole)
    return Drawing(name, title, delay_fr(total) if total is not None else "–", words, (), points)


def _minutes(delay: timedelta | None) -> str:
    return "" if delay is None else str(round(delay.total_seconds() / 60))
