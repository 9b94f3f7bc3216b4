"""« Aujourd’hui »: what the page of administrators says of the service; the pages « Que faire »."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html_join
from django.views.decorators.http import require_GET

from vaguemestre.access.signin.administrators import for_auditors
from vaguemestre.access.signin.http import SignedInRequest
from vaguemestre.desks.operations import ports, queries
from vaguemestre.desks.operations.labels_fr import SERIES, Figure, bucket_fr, figure, table_rows
from vaguemestre.desks.operations.rules.advice import ADVICE
from vaguemestre.desks.operations.rules.alarms import LIVE_BEAT, MEASURED, Facts, alarms_of, part_fr
from vaguemestre.desks.operations.rules.forecast import MIN_POINTS, full_at
from vaguemestre.desks.operations.rules.queue_reasons import by_destination
from vaguemestre.desks.operations.rules.reasons_fr import reason_fr
from vaguemestre.desks.operations.rules.slots import PERIODS, Period, bucket_starts, in_buckets, slot_of
from vaguemestre.desks.operations.values import AlarmState, Measure, Resolution, ServiceLamp
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.foundation.kernel.text.french_dates import day_fr
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.post.dkim.queries import keys_of
from vaguemestre.post.dkim.values import SigningKey

_OLDEST_SHOWN = 8
_CERTIFICATES = {
    "public": "Certificat public",
    "internal": "Certificat interne",
    "sieve": "Certificat de Sieve",
}
_CODE = re.compile(r"`([^`]+)`")


def today_context(request: SignedInRequest, now: datetime) -> dict[str, Any]:
    """The state of the service. `periode`: of the drawings; `vue=tableau`: the same as a table."""
    period = next((choice for choice in PERIODS if choice.key == request.GET.get("periode")), PERIODS[2])
    starts = bucket_starts(period, now)
    samples = queries.samples_since(starts[0], period.source)
    buckets = {series.name: in_buckets(samples.get(series.name, {}), starts) for series in SERIES}
    lamps = ports.service_lamps.get()()
    beats = {f"{LIVE_BEAT}{name}": at for name, at in ports.signs_of_life.get()().items()}
    facts = queries.alarm_facts({**_with_lamps(queries.latest_readings(), lamps), **beats}, now)
    return {
        "now": now,
        "period": period,
        "periods": PERIODS,
        "is_table": request.GET.get("vue") == "tableau",
        "figures": _figures(period, buckets, now),
        "series": SERIES,
        "rows": table_rows(starts, buckets, period.minutes, now),
        "first": bucket_fr(starts[0], minutes=period.minutes, today=now),
        "lamps": [(part_fr(lamp.name), lamp) for lamp in lamps],
        "reasons": _reasons(samples),
        "destinations": queries.destinations_since(paris_day(starts[0])),
        "alarms": _alarms(facts, now),
        "closed_alarms": queries.closed_alarms(now),
        "ends": _ends(facts),
        "keys": _keys(),
        **_queue(),
    }


@require_GET
@for_auditors
def show_advice(request: SignedInRequest, what: str) -> HttpResponse:
    """What to do about an alarm."""
    advice = ADVICE.get(what)
    if advice is None:
        raise Http404
    steps = [format_html_join("", "{}", ((piece,) for piece in _pieces(step))) for step in advice.steps]
    alarms = [alarm for alarm in queries.open_alarms() if alarm.name == what]
    context = {"advice": advice, "steps": steps, "alarms": alarms}
    return render(request, "operations/advice.html", context)


def _pieces(step: str) -> list[Any]:
    """The text of a step, its commands marked as such."""
    pieces = _CODE.split(step)
    return [
        format_html_join("", "<code>{}</code>", ((piece,),)) if number % 2 else piece
        for number, piece in enumerate(pieces)
    ]


def _with_lamps(readings: Mapping[str, float], lamps: tuple[ServiceLamp, ...] | Any) -> dict[str, float]:
    """The readings, with the parts of the service as they are now."""
    live = {f"up.{lamp.name}": float(lamp.is_up) for lamp in lamps}
    wanting = {f"wants.{lamp.name}": float(lamp.wants_somebody) for lamp in lamps}
    return {**readings, **live, **wanting}


def _alarms(facts: Facts, now: datetime) -> list[AlarmState]:
    """Alarms that hold now; since when, if the round has seen them."""
    known = {(alarm.name, alarm.subject): alarm for alarm in queries.open_alarms()}
    return [
        replace(known[key], words=raised.words)
        if (key := (raised.name, raised.subject)) in known
        else AlarmState(*raised, opened_at=now)
        for raised in alarms_of(facts)
    ]


def _figures(period: Period, buckets: Mapping[str, list[Measure | None]], now: datetime) -> list[Figure]:
    midnight = slot_of(now, Resolution.DAY)
    yesterday = slot_of(midnight - timedelta(hours=2), Resolution.DAY)
    days = queries.samples_since(midnight - timedelta(days=30), Resolution.DAY)
    notes = {
        "arrived": "dans nos boîtes, depuis minuit",
        "left": "hors de l’académie, depuis minuit",
        "refused": "à l’entrée, depuis minuit",
    }
    refused = days.get("signins-refused", {}).get(midnight)
    notes["signins"] = f"{refused.total:.0f} refusées" if refused and refused.total else "aucune refusée"
    if before := days.get("delivery", {}).get(yesterday):
        notes["delivery"] = f"{before.mean:.1f} s hier".replace(".", ",")
    notes["free.mail"] = _room_note(days.get("free.mail", {}))
    return [
        figure(
            series, days.get(series.name, {}).get(midnight), buckets[series.name], period.unit,
            notes.get(series.name, ""),
        )
        for series in SERIES
    ]  # fmt: skip


def _room_note(days: Mapping[datetime, Measure]) -> str:
    """The day the room ends."""
    if len(days) < MIN_POINTS:
        return "prévision après sept jours"
    ends = full_at({at: measure.mean for at, measure in days.items()})
    return f"pleine le {day_fr(paris_day(ends))}" if ends else "ne diminue pas"


def _reasons(samples: Mapping[str, Mapping[datetime, Measure]]) -> list[tuple[str, int, int]]:
    """(reason, refused to who came in, refused to us or after acceptance) of the period, most first."""
    counts: dict[str, list[int]] = {}
    for name, measures in samples.items():
        kind, _, reason = name.removeprefix("why.").partition(".")
        if name.startswith("why."):
            total = round(sum(measure.total for measure in measures.values()))
            row = counts.setdefault(reason_fr(reason), [0, 0])
            row[0 if kind == "door" else 1] += total
    rows = [(reason, door, sent) for reason, (door, sent) in counts.items()]
    return sorted(rows, key=lambda row: -row[1] - row[2])


def _ends(facts: Facts) -> dict[str, Any]:
    """Certificates, the last backup and feed: when they end or were made."""
    moments = {
        name: datetime.fromtimestamp(facts.readings[series], UTC)
        for name, series in (("backup", "backup.made"), ("feed", "feed.applied"), ("measured", MEASURED))
        if facts.readings.get(series)
    }
    certificates = [
        (_CERTIFICATES.get(name, name), datetime.fromtimestamp(at, UTC))
        for name, at in facts.under("certificate.")
    ]
    return {**moments, "certificates": certificates}


def _keys() -> list[SigningKey]:
    """The DKIM keys that sign or will."""
    keys = keys_of(settings.CONFIG.academy.domain)
    return [key for key in keys if not key.gone_at and not key.retired_at]


def _queue() -> dict[str, Any]:
    try:
        messages = ports.list_queue.get()()
    except EngineDown:
        return {"is_queue_away": True}
    waiting = by_destination(messages)
    return {"waiting": waiting[:_OLDEST_SHOWN], "queued": len(messages), "destination_count": len(waiting)}
