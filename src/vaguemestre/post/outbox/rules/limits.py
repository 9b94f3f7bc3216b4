"""Sending limits of an account in recipients (docs/domain.md §4.7): over `warn` held, over `most` refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from vaguemestre.foundation.kernel.times import PARIS
from vaguemestre.post.outbox.values import Answer, Verdict


@dataclass(frozen=True)
class Window:
    """Over `minutes`: beyond `warn` recipients a message is held, beyond `most` it is refused."""

    minutes: int
    warn: int
    most: int


SENDER_WINDOWS = (
    Window(1, 500, 700),
    Window(10, 800, 1000),
    Window(60, 2000, 4000),
    Window(600, 5000, 8000),
)
# Absences that answer: far beyond what one person receives, below what a flood would send.
REPLY_WINDOWS = (Window(10, 500, 500), Window(60, 1500, 1500), Window(600, 6000, 6000))
NETWORK_WINDOWS = (Window(60, 3000, 6000), Window(600, 6000, 8000))


@dataclass(frozen=True)
class Limits:
    """The settings of an académie. `strangers`: people never written to before, in an hour."""

    by_sender: tuple[Window, ...] = SENDER_WINDOWS
    by_network: tuple[Window, ...] = NETWORK_WINDOWS
    replies: tuple[Window, ...] = REPLY_WINDOWS
    night_divisor: int = 4
    weekend_divisor: int = 2
    day_starts: time = time(7)
    day_ends: time = time(20)
    strangers: int = 50


@dataclass(frozen=True)
class Sent:
    """What was sent before: recipients by minutes of window, and strangers of the last hour."""

    by_sender: Mapping[int, int]
    by_network: Mapping[int, int]
    strangers: int


def divisor(limits: Limits, at: datetime) -> int:
    """By how much the limits are divided then, in Paris: nights first, whatever the day."""
    local = at.astimezone(PARIS)
    if not limits.day_starts <= local.time() < limits.day_ends:
        return limits.night_divisor
    return limits.weekend_divisor if local.weekday() >= 5 else 1


def judged(
    limits: Limits, sent: Sent, *, recipients: int, strangers: int, is_confirmed: bool, at: datetime
) -> Verdict:
    """What the door does with one more message to that many recipients.

    `is_confirmed`: the person proved lately that the burst is theirs; it lifts that question only.
    """
    by = divisor(limits, at)
    held = Verdict(Answer.TAKE)
    for windows, before, code in (
        (limits.by_sender, sent.by_sender, "outbox.limit"),
        (limits.by_network, sent.by_network, "outbox.limit-network"),
    ):
        for window in windows:
            total = before.get(window.minutes, 0) + recipients
            until = at + timedelta(minutes=window.minutes)
            if total > max(1, window.most // by):
                return Verdict(Answer.REFUSE, code, until)
            if total > max(1, window.warn // by) and held.answer is Answer.TAKE:
                held = Verdict(Answer.HOLD, code, until)
    is_burst = strangers > 0 and sent.strangers + strangers > limits.strangers
    if held.answer is Answer.TAKE and is_burst and not is_confirmed:
        return Verdict(Answer.HOLD, "outbox.burst")
    return held
