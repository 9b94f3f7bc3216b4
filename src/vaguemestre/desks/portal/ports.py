"""What the portal asks of the instance: the record of processing activities, what waits at other desks."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from vaguemestre.access.signin.values import Who
from vaguemestre.desks.portal.values import Errand, ProcessingSheet
from vaguemestre.foundation.kernel.slots import Slot

processing_sheets: Slot[Callable[[], tuple[ProcessingSheet, ...]]] = Slot("portal.processing_sheets")


class WaitingErrands(Protocol):
    """What waits for somebody at other desks, by their duties."""

    def __call__(self, who: Who, now: datetime) -> Sequence[Errand]: ...


waiting_errands: Slot[WaitingErrands] = Slot("portal.waiting_errands")
