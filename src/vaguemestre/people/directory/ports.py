"""What the directory needs from the instance."""

from vaguemestre.foundation.kernel.slots import Slot
from vaguemestre.people.directory.values import NumenKeys

# Filled with a reader of the instance's secrets: a rotation needs no restart.
numen_keys: Slot[NumenKeys] = Slot("directory.numen_keys")
