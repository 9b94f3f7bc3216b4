"""A log without the steps of the mailbox that writes to itself each minute: half a million a year."""

from collections import deque

from vaguemestre.post.trace.ports import ReadSteps
from vaguemestre.post.trace.values import LogPiece, LogPosition, Step

_MAX_QUEUE_IDS = 200  # messages that may be on their way at once


class StepsWithout:
    """Implements `trace.ports.ReadSteps`: leaves out what that mailbox submits, receives and deletes.

    A message is known by the line of its submission. Of one on its way while the process starts anew, some
    steps are stored.
    """

    def __init__(self, read_steps: ReadSteps, mailbox: str) -> None:
        self._read_steps = read_steps
        self._mailbox = mailbox.lower()
        self._queue_ids: deque[str] = deque(maxlen=_MAX_QUEUE_IDS)

    def __call__(self, position: LogPosition) -> LogPiece:
        piece = self._read_steps(position)
        return piece._replace(steps=[step for step in piece.steps if not self._is_its_own(step)])

    def _is_its_own(self, step: Step) -> bool:
        if self._mailbox not in (step.sender.lower(), step.recipient.lower()):
            return bool(step.queue_id) and step.queue_id in self._queue_ids
        if step.queue_id and step.queue_id not in self._queue_ids:
            self._queue_ids.append(step.queue_id)
        return True
