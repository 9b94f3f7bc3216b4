"""How long a child that ended waits before it is started again. Pure."""

_PAUSES = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0)  # seconds
_LONGEST_AFTER_READY = 2.0
_STEADY_SECONDS = 10.0


def pause_before(restart: int, *, was_ready: bool) -> float:
    """Seconds to wait before the nth start in a row that did not hold (1 = the first restart, at once).

    A service that had been ready is never kept waiting long: whoever killed it is not its fault.
    """
    pause = _PAUSES[min(restart, len(_PAUSES)) - 1]
    return min(pause, _LONGEST_AFTER_READY) if was_ready else pause


def held_steady(seconds_ready: float) -> bool:
    """Whether a run was long enough for its failures before it to be forgotten."""
    return seconds_ready >= _STEADY_SECONDS
