"""What the directory is lent by the instance."""

from vaguemestre.directory.values import NumenKeys
from vaguemestre.kernel.slots import Slot

# Plugged with what reads the instance's secrets: a rotation is followed without a restart.
numen_keys: Slot[NumenKeys] = Slot("directory.numen_keys")
