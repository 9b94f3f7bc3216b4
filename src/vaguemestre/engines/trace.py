"""Message trace: the log lines of Postfix and Dovecot about one Message-ID, in order."""

import datetime as dt
from collections.abc import Collection

from vaguemestre.engines.dovecot import maillog as dovecot
from vaguemestre.engines.instance import Instance
from vaguemestre.engines.postfix import maillog as postfix
from vaguemestre.engines.trace_line import Step, TraceLine

_STEP_ORDER = (
    Step.RECEIVED,
    Step.QUEUED,
    Step.DEFERRED,
    Step.FILED,
    Step.COPIED,
    Step.FORWARDED,
    Step.ANSWERED,
    Step.DISCARDED,
    Step.DELIVERED,
    Step.REFUSED,
    Step.DONE,
    Step.DELETED,
)


_DOVECOT_LAG = dt.timedelta(seconds=2)


def trace(instance: Instance, message_id: str, *, now: dt.datetime) -> tuple[TraceLine, ...]:
    """Every logged step of a message, oldest first; empty when no log mentions it.

    `message_id` with or without its angle brackets.
    """
    bracketed = f"<{message_id.strip().strip('<>')}>"
    return in_order((*postfix.trace(instance, bracketed, now=now), *dovecot.trace(instance, bracketed)))


def in_order(steps: Collection[TraceLine]) -> tuple[TraceLine, ...]:
    """Oldest first. Logs have whole seconds: steps of one second go in the order of delivery.

    Dovecot logs its last clock reading, so a delivery may seem a second older than its queue entry.
    """
    queued = [line.at for line in steps if line.step is Step.QUEUED]

    def time_of(line: TraceLine) -> dt.datetime:
        if line.engine != "dovecot":
            return line.at
        return max((at for at in queued if line.at < at <= line.at + _DOVECOT_LAG), default=line.at)

    return tuple(sorted(steps, key=lambda line: (time_of(line), _STEP_ORDER.index(line.step))))
