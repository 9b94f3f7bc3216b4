"""The one task of the queue: wake a handler with its event (django.tasks)."""

import dataclasses
import logging
from typing import Any

from django.tasks import task
from django.utils import timezone

from vaguemestre.foundation.jobs.ports import Handler, subscriptions
from vaguemestre.foundation.jobs.rules import EVERY_HANDLER, delay_before, queue_of
from vaguemestre.foundation.kernel.errors import EngineDown

log = logging.getLogger(__name__)


@task()
def wake(handler_name: str, event_name: str, fields: dict[str, Any], attempt: int) -> None:
    """Run one handler of an event, or all of them (EVERY_HANDLER). One that raises is retried alone, later.

    Raises LookupError if this version has no such event or handler, as after a downgrade: the job then fails.
    """
    for kind, handlers in subscriptions.get().items():
        if f"{kind.__module__}:{kind.__qualname__}" != event_name:
            continue
        names = {f"{handler.__module__}:{handler.__qualname__}": handler for handler in handlers}
        for name in names if handler_name == EVERY_HANDLER else names.keys() & {handler_name}:
            _run(name, names[name], kind, fields, attempt)
        if handler_name in {EVERY_HANDLER, *names}:
            return
    raise LookupError(f"no handler {handler_name} of {event_name}")


def follow_up(event: Any) -> None:
    """Run the event's handlers in this thread, after the commit; one that raises is retried alone, later.

    To be called last in a job that may run twice: a process that dies on the way has that job run again.
    """
    kind, fields = type(event), dataclasses.asdict(event)
    for handler in subscriptions.get().get(kind, ()):
        _run(f"{handler.__module__}:{handler.__qualname__}", handler, kind, fields, 1)


def _run(name: str, handler: Handler, kind: type, fields: dict[str, Any], attempt: int) -> None:
    try:
        handler(kind(**fields))
    except EngineDown as error:
        log.warning("job %s: %s", name, error)
        _retry(name, kind, fields, attempt, error)
    except Exception as error:  # a defect, a deadlock, a refusal: retried as well
        log.exception("job %s failed at attempt %d", name, attempt)
        _retry(name, kind, fields, attempt, error)


def _retry(handler: str, kind: type, fields: dict[str, Any], attempt: int, error: Exception) -> None:
    """Enqueue the job again after a delay. Raises the error after the last attempt."""
    delay = delay_before(attempt)
    if delay is None:
        log.error("job %s given up after %d attempts: %s", handler, attempt, error)
        raise error
    later = wake.using(run_after=timezone.now() + delay, queue_name=queue_of(kind))
    later.enqueue(handler, f"{kind.__module__}:{kind.__qualname__}", fields, attempt + 1)
