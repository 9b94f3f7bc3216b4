"""The order in which the steps of a message are told."""

from collections.abc import Collection
from datetime import datetime, timedelta

from vaguemestre.post.trace.values import Engine, Step, StepKind

_KINDS = tuple(StepKind)
_DOVECOT_LAG = timedelta(seconds=2)


def in_order(steps: Collection[Step]) -> tuple[Step, ...]:
    """Oldest first. Logs have whole seconds: steps of one second go in the order of delivery.

    Dovecot logs its last clock reading, so a delivery may seem a second older than its queue entry.
    """
    queued = [step.at for step in steps if step.kind is StepKind.QUEUED]

    def time_of(step: Step) -> datetime:
        if step.engine is not Engine.DOVECOT:
            return step.at
        return max((at for at in queued if step.at < at <= step.at + _DOVECOT_LAG), default=step.at)

    return tuple(sorted(steps, key=lambda step: (time_of(step), _KINDS.index(step.kind))))
