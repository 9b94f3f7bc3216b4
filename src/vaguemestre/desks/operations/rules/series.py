"""Series drawn over time, from two readings of `/metrics`."""

from vaguemestre.desks.operations.values import Measure, Readings

# series → beginnings of the counters it adds up
FLOWS = {
    "arrived": ("steps.delivered.here",),
    "left": ("steps.delivered.outside",),
    "refused": ("steps.rejected.door",),
    "bounced": ("steps.refused.",),
    "put-off-here": ("steps.deferred.here",),
    "unwanted": ("steps.deferred.outside.policy", "steps.refused.outside.policy"),
}
REASONED = ("steps.rejected.door.", "steps.refused.")  # each reason is a series of its own
_IMAP = "imap."


def increase(before: float | None, after: float) -> float:
    """How much a counter gained; a counter that restarted counts from nought, a new one not at all."""
    if before is None:
        return 0.0
    return after - before if after >= before else after


def measures_between(before: Readings, after: Readings) -> dict[str, Measure]:
    """What each series gained between two readings, and its level at the second."""
    gains = {
        series: gain
        for series, value in after.items()
        if series.startswith(("steps.", _IMAP)) and (gain := increase(_former(before, series), value)) > 0
    }
    flows = {
        name: Measure(sum(gain for series, gain in gains.items() if series.startswith(beginnings)))
        for name, beginnings in FLOWS.items()
    }
    reasons: dict[str, Measure] = {}
    for series, gain in gains.items():
        if series.startswith(REASONED):
            name = reason_series(series)
            reasons[name] = reasons.get(name, Measure(0, 0)).plus(Measure(gain))
        elif series.startswith(_IMAP):
            reasons[series] = Measure(gain)
    return {**flows, **reasons, **_levels(after)}


def reason_series(series: str) -> str:
    """`steps.rejected.door.policy` is `why.door.policy`; the other refusals are `why.sent.…`."""
    _, kind, _place, reason = series.split(".", 3)
    return f"why.{'door' if kind == 'rejected' else 'sent'}.{reason or 'other'}"


def _former(before: Readings, series: str) -> float | None:
    """A counter that appears was at nought, if anything at all was read before."""
    return before.get(series, 0.0 if before else None)


def _levels(after: Readings) -> dict[str, Measure]:
    levels: dict[str, float] = {}
    waiting = [value for series, value in after.items() if series.startswith("queue.")]
    if waiting:
        levels["waiting"] = sum(waiting)
    for series, free in after.items():
        volume = series.removeprefix("disk-free.")
        size = after.get(f"disk-size.{volume}", 0.0)
        if series.startswith("disk-free.") and size:
            levels[f"free.{volume}"] = free / size
    if "self-mail.seconds" in after:
        levels["self-mail"] = after["self-mail.seconds"]
    return {name: Measure(value, 1, value) for name, value in levels.items()}
