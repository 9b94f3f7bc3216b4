"""The pause before a child that ended is restarted. Pure."""

_PAUSES = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0)  # seconds
_MAX_SECONDS_AFTER_READY = 2.0
_STEADY_SECONDS = 10.0
_LONGER_TIMES = 3


def pause_before(restart: int, *, was_ready: bool) -> float:
    """Seconds to wait before the nth restart in a row (1: at once).

    The pause is short for a service that had been ready: its end may come from outside.
    """
    pause = _PAUSES[min(restart, len(_PAUSES)) - 1]
    return min(pause, _MAX_SECONDS_AFTER_READY) if was_ready else pause


def held_steady(seconds_ready: float) -> bool:
    """Whether a run was long enough to forget the failures before it."""
    return seconds_ready >= _STEADY_SECONDS


def patience_after(failures: int, seconds: float) -> float:
    """Seconds until a process must be ready: `seconds` at first, twice as many after each failure in a row.

    What was too slow on a busy machine would be so again within the same time.
    """
    return seconds * 2.0 ** min(failures, _LONGER_TIMES)
