"""What jobs needs from the wiring: handlers of events, periodic tasks."""

from collections.abc import Callable, Mapping
from typing import Any

from vaguemestre.foundation.kernel.slots import Slot

type Handler = Callable[[Any], None]
type Subscriptions = Mapping[type, tuple[Handler, ...]]

type PeriodicTask = Callable[[], None]

periodic_tasks: Slot[tuple[PeriodicTask, ...]] = Slot("jobs.periodic_tasks")  # run each minute
subscriptions: Slot[Subscriptions] = Slot("jobs.subscriptions")
