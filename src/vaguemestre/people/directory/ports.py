"""What the directory is lent by the instance."""

from vaguemestre.foundation.kernel.slots import Slot
from vaguemestre.people.directory.values import NumenKeys

# Plugged with what reads the instance's secrets: a rotation is followed without a restart.
numen_keys: Slot[NumenKeys] = Slot("directory.numen_keys")
