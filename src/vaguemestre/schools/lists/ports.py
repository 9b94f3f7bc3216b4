"""What lists ask of the outside."""

from typing import Protocol

from vaguemestre.foundation.kernel.slots import Slot


class WasSentAs(Protocol):
    def __call__(self, sender: str) -> bool:
        """Whether a message of that envelope sender is, or was, whole on the queue's disk.

        Asked only about a batch whose hand-over was cut short. Raises EngineDown when it cannot tell yet.
        """
        ...


was_sent_as: Slot[WasSentAs] = Slot("lists.was_sent_as")
