"""The one task of the queue: wake a handler with its event (django.tasks)."""

import logging
from typing import Any

from django.tasks import task
from django.utils import timezone

from vaguemestre.jobs.ports import subscriptions
from vaguemestre.jobs.rules import delay_before, queue_of
from vaguemestre.kernel.errors import EngineDown

log = logging.getLogger(__name__)


@task()
def wake(handler_name: str, event_name: str, fields: dict[str, Any], attempt: int) -> None:
    """Run one handler; an absent engine means later, not never."""
    for kind, handlers in subscriptions.get().items():
        if f"{kind.__module__}:{kind.__qualname__}" != event_name:
            continue
        for handler in handlers:
            if f"{handler.__module__}:{handler.__qualname__}" == handler_name:
                try:
                    handler(kind(**fields))
                except EngineDown as error:
                    _again(handler_name, kind, fields, attempt, error)
                return
    log.error("job for %s by %s: nobody of that name any more", event_name, handler_name)


def _again(handler: str, kind: type, fields: dict[str, Any], attempt: int, error: EngineDown) -> None:
    delay = delay_before(attempt)
    if delay is None:
        log.error("job %s given up after %d attempts: %s", handler, attempt, error)
        raise error
    log.warning("job %s waits %s: %s", handler, delay, error)
    later = wake.using(run_after=timezone.now() + delay, queue_name=queue_of(kind))
    later.enqueue(handler, f"{kind.__module__}:{kind.__qualname__}", fields, attempt + 1)
