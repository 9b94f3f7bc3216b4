"""What jobs asks of the wiring: who listens to what."""

from collections.abc import Callable, Mapping
from typing import Any

from vaguemestre.kernel.slots import Slot

type Handler = Callable[[Any], None]
type Subscriptions = Mapping[type, tuple[Handler, ...]]

subscriptions: Slot[Subscriptions] = Slot("jobs.subscriptions")
