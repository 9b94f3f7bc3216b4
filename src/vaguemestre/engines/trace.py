"""Where a message went, in order: what Postfix and Dovecot wrote about one Message-ID."""

import datetime as dt
from collections.abc import Collection

from vaguemestre.engines.dovecot import maillog as dovecot
from vaguemestre.engines.instance import Instance
from vaguemestre.engines.postfix import maillog as postfix
from vaguemestre.engines.steps import Step, TraceLine

_ROAD = (
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


_BEHIND = dt.timedelta(seconds=2)


def trace(instance: Instance, message_id: str, *, now: dt.datetime) -> tuple[TraceLine, ...]:
    """Every step known of a message, oldest first; empty when no log speaks of it.

    `message_id` with or without its angle brackets.
    """
    wanted = f"<{message_id.strip().strip('<>')}>"
    return in_order((*postfix.trace(instance, wanted, now=now), *dovecot.trace(instance, wanted)))


def in_order(steps: Collection[TraceLine]) -> tuple[TraceLine, ...]:
    """Oldest first. Both logs have whole seconds only: steps of one second go in the order of the road.

    Dovecot writes the time at which it last looked at its clock: what it files may seem older, by a second,
    than the queue it comes from.
    """
    queued = [line.at for line in steps if line.step is Step.QUEUED]

    def when(line: TraceLine) -> dt.datetime:
        if line.engine != "dovecot":
            return line.at
        return max((at for at in queued if line.at < at <= line.at + _BEHIND), default=line.at)

    return tuple(sorted(steps, key=lambda line: (when(line), _ROAD.index(line.step))))
