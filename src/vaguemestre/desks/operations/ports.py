"""What operations need from the instance."""

from collections.abc import Collection, Sequence
from typing import Protocol

from vaguemestre.desks.operations.values import QueueAct, QueuedMessage, Readings, ServiceLamp
from vaguemestre.foundation.kernel.slots import Slot


class ReadMetrics(Protocol):
    def __call__(self) -> Readings:
        """What `/metrics` says now, by series. Raises EngineDown."""
        ...


class ServiceLamps(Protocol):
    def __call__(self) -> Sequence[ServiceLamp]:
        """The parts of the service as they are now, asked within a second in all."""
        ...


class SignsOfLife(Protocol):
    def __call__(self) -> Readings:
        """When each process of this machine last said that it goes on (Unix time), by its name."""
        ...


class ListQueue(Protocol):
    def __call__(self) -> Sequence[QueuedMessage]:
        """Postfix's queue, the oldest message first. Raises EngineDown."""
        ...


class ActOnQueue(Protocol):
    def __call__(self, act: QueueAct, queue_ids: Collection[str]) -> None:
        """Do that with these messages, except those that left meanwhile. Raises EngineDown."""
        ...


read_metrics: Slot[ReadMetrics] = Slot("operations.read_metrics")
service_lamps: Slot[ServiceLamps] = Slot("operations.service_lamps")
signs_of_life: Slot[SignsOfLife] = Slot("operations.signs_of_life")
list_queue: Slot[ListQueue] = Slot("operations.list_queue")
act_on_queue: Slot[ActOnQueue] = Slot("operations.act_on_queue")
