"""The order of the steps of a message."""

from collections.abc import Collection
from datetime import datetime, timedelta

from vaguemestre.post.trace.values import Engine, Step, StepKind

_KINDS = tuple(StepKind)
_DOVECOT_LAG = timedelta(seconds=2)


def in_order(steps: Collection[Step]) -> tuple[Step, ...]:
    """The steps, oldest first; those of the same second (logs are no finer) in the order of a delivery.

    Dovecot logs its last clock reading, so a delivery may seem a second older than its queue entry.
    """
    queued = [step.at for step in steps if step.kind is StepKind.QUEUED]

    def time_of(step: Step) -> datetime:
        if step.engine is not Engine.DOVECOT:
            return step.at
        return max((at for at in queued if step.at < at <= step.at + _DOVECOT_LAG), default=step.at)

    return tuple(sorted(steps, key=lambda step: (time_of(step), _KINDS.index(step.kind))))
