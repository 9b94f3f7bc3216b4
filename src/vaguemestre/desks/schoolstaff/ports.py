"""What the page asks of the help desk."""

from collections.abc import Callable
from datetime import datetime

from vaguemestre.foundation.kernel.slots import Slot

# How many codes that account has to hand over, at that moment.
codes_to_hand_over: Slot[Callable[[int, datetime], int]] = Slot("schoolstaff.codes_to_hand_over")
