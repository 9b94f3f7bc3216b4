"""Sending limits of an account, in recipients (docs/domain.md §4.7): hold over `warn`, refuse over `most`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from vaguemestre.foundation.kernel.times import PARIS
from vaguemestre.post.outbox.values import Decision, Verdict

_SATURDAY = 5  # of `weekday()`


@dataclass(frozen=True)
class Window:
    """Over `minutes`, a message is held beyond `warn` recipients and refused beyond `most`."""

    minutes: int
    warn: int
    most: int


SENDER_WINDOWS = (
    Window(1, 500, 700),
    Window(10, 800, 1000),
    Window(60, 2000, 4000),
    Window(600, 5000, 8000),
)
# Vacation replies: far more than one person receives, fewer than a mail loop would send.
REPLY_WINDOWS = (Window(10, 500, 500), Window(60, 1500, 1500), Window(600, 6000, 6000))
NETWORK_WINDOWS = (Window(60, 3000, 6000), Window(600, 6000, 8000))


@dataclass(frozen=True)
class Limits:
    """Limits of an académie. `strangers`: recipients an account never wrote to before, in an hour."""

    by_sender: tuple[Window, ...] = SENDER_WINDOWS
    by_network: tuple[Window, ...] = NETWORK_WINDOWS
    replies: tuple[Window, ...] = REPLY_WINDOWS
    night_divisor: int = 4
    weekend_divisor: int = 2
    day_starts: time = time(7)
    day_ends: time = time(20)
    strangers: int = 50


@dataclass(frozen=True)
class RecentlySent:
    """Recipients counted so far: by minutes of each window, and strangers of the last hour."""

    by_sender: Mapping[int, int]
    by_network: Mapping[int, int]
    strangers: int


def divisor(limits: Limits, at: datetime) -> int:
    """Divisor of the limits at that time in Paris. The night's applies on weekends too."""
    local = at.astimezone(PARIS)
    if not limits.day_starts <= local.time() < limits.day_ends:
        return limits.night_divisor
    return limits.weekend_divisor if local.weekday() >= _SATURDAY else 1


def limits_verdict(
    limits: Limits, sent: RecentlySent, *, recipients: int, strangers: int, is_confirmed: bool, at: datetime
) -> Verdict:
    """Verdict on one more message to that many recipients.

    `is_confirmed`: the sender lately confirmed a burst; lifts the check of strangers only.
    """
    divided_by = divisor(limits, at)
    verdict = Verdict(Decision.TAKE)
    for windows, counts, code in (
        (limits.by_sender, sent.by_sender, "outbox.limit"),
        (limits.by_network, sent.by_network, "outbox.limit-network"),
    ):
        for window in windows:
            total = counts.get(window.minutes, 0) + recipients
            until = at + timedelta(minutes=window.minutes)
            if total > max(1, window.most // divided_by):
                return Verdict(Decision.REFUSE, code, until)
            if total > max(1, window.warn // divided_by) and verdict.decision is Decision.TAKE:
                verdict = Verdict(Decision.HOLD, code, until)
    is_burst = strangers > 0 and sent.strangers + strangers > limits.strangers
    if verdict.decision is Decision.TAKE and is_burst and not is_confirmed:
        return Verdict(Decision.HOLD, "outbox.burst")
    return verdict
