"""Where a message went, in order: what Postfix and Dovecot wrote about one Message-ID."""

import datetime as dt

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


def trace(instance: Instance, message_id: str, *, now: dt.datetime) -> tuple[TraceLine, ...]:
    """Every step known of a message, oldest first; empty when no log speaks of it.

    `message_id` with or without its angle brackets. Both logs have whole seconds only: steps of
    the same second are given in the order of the road.
    """
    wanted = f"<{message_id.strip().strip('<>')}>"
    steps = (*postfix.trace(instance, wanted, now=now), *dovecot.trace(instance, wanted))
    return tuple(sorted(steps, key=lambda line: (line.at, _ROAD.index(line.step))))
