"""What the steps of messages tell the outbox, the lists and the help desk."""

import time
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.utils import timezone

from vaguemestre.desks.domainreports.services import handle_deliveries as read_domain_reports
from vaguemestre.desks.helpdesk.values import Undelivered
from vaguemestre.engines.postfix import timeouts
from vaguemestre.engines.postfix.mail_queue import Queued, queue
from vaguemestre.engines.postfix.queue_agent import list_messages
from vaguemestre.post.outbox.queries import queue_ids_of_submission
from vaguemestre.post.outbox.services import LEASE
from vaguemestre.post.outbox.values import Acceptance, DeliveryEvent, DeliveryState
from vaguemestre.post.trace import queries
from vaguemestre.post.trace.services import HEARTBEAT, announce_redelivered
from vaguemestre.post.trace.values import Step, StepKind
from vaguemestre.schools.lists.services import handle_deliveries
from vaguemestre.site.config import Config

SUBMISSION_LOG = "postfix"
SETTLED_AFTER = LEASE + timedelta(seconds=timeouts.DECIDED_WITHIN)  # since an attempt began
_UNDELIVERED_FOR = timedelta(days=14)
_MAX_UNDELIVERED = 10
_STEPS_PER_READING = 2000
_LOOK_SECONDS = 0.2
_STATES = {
    StepKind.DELIVERED: DeliveryState.DELIVERED,
    StepKind.DEFERRED: DeliveryState.DELAYED,
    StepKind.REFUSED: DeliveryState.REFUSED,
}
_IN_QUEUE = frozenset((StepKind.QUEUED, StepKind.DEFERRED, StepKind.DELIVERED, StepKind.DONE))


class AcceptanceEvidence:
    """Whether an interrupted submission was accepted, from the queue as it is and from the steps.

    `cleanup` names a message while it reads it; that it is whole is said by the queue manager or the queue.
    A power cut may take the end of the log, and with it that name: the submission policy stored it before the
    message was accepted.
    """

    def __init__(
        self,
        list_queue: Callable[[], Sequence[Queued]],
        *,
        clock: Callable[[], datetime] = timezone.now,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._list_queue, self._clock, self._pause = list_queue, clock, pause

    def of_message(self, message_id: str, attempted_at: datetime) -> Acceptance:
        """Implements `outbox.ports.WasAccepted`. Raises EngineDown."""
        queued = {message.queue_id for message in self._list_queue()}
        queue_ids = queue_ids_of_submission(message_id)

        def is_accepted() -> bool:
            steps = [*queries.steps_of_message(message_id)]
            for queue_id in queue_ids - _queue_ids(steps):
                steps += queries.steps_of_queue_id(queue_id)
            return _is_whole(steps) or bool((_queue_ids(steps) | queue_ids) & queued)

        if not is_accepted() and _was_cut_short(queries.steps_of_message(message_id), attempted_at):
            return Acceptance.NO
        answer = self._judge(is_accepted, attempted_at)
        return Acceptance.NO if answer is Acceptance.UNTOLD and not queue_ids else answer

    def of_sender(self, sender: str, attempted_at: datetime) -> Acceptance:
        """Implements `lists.ports.WasSentAs`. Raises EngineDown."""
        if any(message.sender == sender for message in self._list_queue()):
            return Acceptance.YES
        return self._judge(lambda: _is_whole(queries.steps_of_sender(sender)), attempted_at)

    def _judge(self, is_accepted: Callable[[], bool], attempted_at: datetime) -> Acceptance:
        """NO is said once Postfix can accept it no more, and its log was written and read since.

        Not if that log was silent meanwhile.
        """
        asked_at, settled_at = self._clock(), attempted_at + SETTLED_AFTER
        if is_accepted():
            return Acceptance.YES
        if asked_at < settled_at or not self._is_log_read_since(asked_at):
            return Acceptance.UNKNOWN
        if is_accepted():
            return Acceptance.YES
        written_at = queries.log_line_at(SUBMISSION_LOG)
        if not written_at or written_at < settled_at.replace(microsecond=0):
            return Acceptance.UNKNOWN
        is_silent = queries.was_log_silent(SUBMISSION_LOG, attempted_at, settled_at)
        return Acceptance.UNTOLD if is_silent else Acceptance.NO

    def _is_log_read_since(self, moment: datetime) -> bool:
        """Wait for the collector's next sign. False if none comes."""
        for _ in range(int(3 * HEARTBEAT.total_seconds() / _LOOK_SECONDS)):
            reached_at = queries.log_reached_at(SUBMISSION_LOG)
            if reached_at and reached_at > moment:
                return True
            self._pause(_LOOK_SECONDS)
        return False


def acceptance_evidence(config: Config) -> AcceptanceEvidence:
    """Acceptance evidence of the instance's own Postfix."""
    return AcceptanceEvidence(partial(queue, config, list_messages))


def deliveries_after(number: int) -> tuple[list[DeliveryEvent], int]:
    """Implements `outbox.ports.DeliveriesAfter`."""
    steps = queries.steps_after(number, limit=_STEPS_PER_READING)
    events = [
        DeliveryEvent(step.queue_id, step.recipient, _STATES[step.kind], step.status, step.detail, step.at)
        for _, step in steps
        if step.kind in _STATES and step.queue_id and step.recipient
    ]
    return events, steps[-1].number if steps else number


def follow_deliveries(deliveries: Sequence[DeliveryEvent]) -> None:
    """Implements `outbox.ports.OnDeliveries`: lists, reporting addresses, what may be stored twice."""
    handle_deliveries(deliveries)
    read_domain_reports(deliveries)
    announce_redelivered(
        [(event.queue_id, event.recipient) for event in deliveries if event.state is DeliveryState.DELIVERED]
    )


def undelivered_to(addresses: Collection[str], *, now: datetime) -> tuple[Undelivered, ...]:
    """Implements `helpdesk.ports.UndeliveredTo`: no words of an engine, which may quote a header."""
    failures = queries.failures_of(addresses, now - _UNDELIVERED_FOR, limit=_MAX_UNDELIVERED)
    return tuple(
        Undelivered(step.at, step.sender, step.status, is_final=_is_final(step)) for step in failures
    )


def _is_final(step: Step) -> bool:
    return step.kind is not StepKind.DEFERRED and not step.status.startswith("4")


def _queue_ids(steps: Collection[Step]) -> set[str]:
    return {step.queue_id for step in steps if step.queue_id}


def _is_whole(steps: Collection[Step]) -> bool:
    """Whether one of these messages of the queue was whole on its disk."""
    held = {step.queue_id for step in steps if step.kind is StepKind.HELD}
    cut_short = {step.queue_id for step in steps if step.kind is StepKind.ABANDONED}
    return bool(held - cut_short) or any(step.kind in _IN_QUEUE and step.queue_id for step in steps)


def _was_cut_short(steps: Collection[Step], attempted_at: datetime) -> bool:
    """Whether that attempt was seen to end: nothing of it is being read any more. Logs have whole seconds."""
    begun_ids = {step.queue_id for step in steps if step.kind is StepKind.IDENTIFIED}
    ended = {step.queue_id: step.at for step in steps if step.kind is StepKind.ABANDONED}
    return begun_ids == ended.keys() and any(
        at >= attempted_at.replace(microsecond=0) for at in ended.values()
    )
