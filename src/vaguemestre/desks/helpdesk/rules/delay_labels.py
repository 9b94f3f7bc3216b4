"""Delays of the desk, in French."""

from datetime import timedelta

_BLANK = "\N{NO-BREAK SPACE}"
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def delay_fr(delay: timedelta) -> str:
    """« 35 min », « 5 h », « 3 j »: one unit, that of the size of the delay, rounded."""
    minutes = round(delay / timedelta(minutes=1))
    if minutes < 60:
        return f"{minutes}{_BLANK}min"
    return f"{round(delay / _HOUR)}{_BLANK}h" if delay < 2 * _DAY else f"{round(delay / _DAY)}{_BLANK}j"
