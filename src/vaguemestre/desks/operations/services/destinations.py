"""What became of mail, by destination and day, counted from the steps of messages (`post.trace`)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from vaguemestre.desks.operations.models import DestinationDay, FollowedSteps
from vaguemestre.desks.operations.values import DeliveryCounts, Measure
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.post.trace.queries import last_number, queued_at, steps_after
from vaguemestre.post.trace.rules.reasons import place_of
from vaguemestre.post.trace.values import NumberedStep, Place, Step, StepKind

_STEPS_PER_READING = 2_000
_READINGS_PER_ROUND = 20
_FIRST_STEPS = 40_000  # how many past steps the first round counts
_LIFETIME = timedelta(days=8)
_FOLLOWED = (StepKind.DELIVERED, StepKind.DEFERRED, StepKind.REFUSED)


def follow_deliveries() -> Measure:
    """Count the deliveries logged since the last round, in the caller's transaction.

    Returns the delays of those to our mailboxes, in seconds.
    """
    followed, is_new = FollowedSteps.objects.get_or_create(pk=1)
    followed = FollowedSteps.objects.select_for_update().get(pk=1)
    if is_new:
        followed.last = max(0, last_number() - _FIRST_STEPS)
    sums: defaultdict[tuple[str, date], DeliveryCounts] = defaultdict(DeliveryCounts)
    delays = Measure(0, 0)
    for _ in range(_READINGS_PER_ROUND):
        steps = steps_after(followed.last, limit=_STEPS_PER_READING)
        if not steps:
            break
        delays = delays.plus(_count(steps, sums))
        followed.last = steps[-1].number
    _store(sums)
    followed.save(update_fields=("last",))
    return delays


def _count(numbered: Sequence[NumberedStep], sums: defaultdict[tuple[str, date], DeliveryCounts]) -> Measure:
    steps = [step for _, step in numbered if step.kind in _FOLLOWED and step.recipient]
    if not steps:
        return Measure(0, 0)
    begins = min(step.at for step in steps) - _LIFETIME
    queued = queued_at({step.queue_id for step in steps if step.kind is StepKind.DELIVERED}, begins)
    delays = Measure(0, 0)
    for step in steps:
        seconds = max(0.0, (step.at - queued.get(step.queue_id, step.at)).total_seconds())
        domain = "" if place_of(step) is Place.HERE else step.recipient.rpartition("@")[2][:253]
        key = domain, paris_day(step.at)
        sums[key] = sums[key].plus(_counts_of(step, seconds))
        if not domain and step.kind is StepKind.DELIVERED:
            delays = delays.plus(Measure(seconds, 1, seconds))
    return delays


def _counts_of(step: Step, seconds: float) -> DeliveryCounts:
    if step.kind is StepKind.DELIVERED:
        return DeliveryCounts(delivered=1, seconds=seconds, slowest=seconds)
    return DeliveryCounts(deferred=1) if step.kind is StepKind.DEFERRED else DeliveryCounts(refused=1)


def _store(sums: dict[tuple[str, date], DeliveryCounts]) -> None:
    for (domain, day), moves in sums.items():
        row, _ = DestinationDay.objects.get_or_create(domain=domain, day=day)
        total = DeliveryCounts(row.delivered, row.deferred, row.refused, row.seconds, row.slowest).plus(moves)
        DestinationDay.objects.filter(pk=row.pk).update(**total._asdict())
