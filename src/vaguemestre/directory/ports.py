"""What the directory is lent by the instance."""

from vaguemestre.directory.values import NumenKeys
from vaguemestre.kernel.slots import Slot

numen_keys: Slot[NumenKeys] = Slot("directory.numen_keys")
