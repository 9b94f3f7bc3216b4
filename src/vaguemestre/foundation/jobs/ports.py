"""What jobs asks of the wiring: who listens to what."""

from collections.abc import Callable, Mapping
from typing import Any

from vaguemestre.foundation.kernel.slots import Slot

type Handler = Callable[[Any], None]
type Subscriptions = Mapping[type, tuple[Handler, ...]]

type Round = Callable[[], None]

rounds: Slot[tuple[Round, ...]] = Slot("jobs.rounds")  # what the worker looks after by itself, each minute
subscriptions: Slot[Subscriptions] = Slot("jobs.subscriptions")
