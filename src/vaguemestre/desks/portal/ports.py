"""What the portal asks of the instance: the record of processing activities."""

from collections.abc import Callable

from vaguemestre.desks.portal.values import ProcessingSheet
from vaguemestre.foundation.kernel.slots import Slot

processing_sheets: Slot[Callable[[], tuple[ProcessingSheet, ...]]] = Slot("portal.processing_sheets")
