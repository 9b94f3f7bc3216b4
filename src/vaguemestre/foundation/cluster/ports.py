"""What the cluster needs from the site: how this machine is."""

from collections.abc import Callable, Mapping, Sequence

from vaguemestre.foundation.kernel.slots import Slot

# part → `{"status": "ok" | "warning" | "down", "detail": …}`
type Checks = Callable[[], Mapping[str, Mapping[str, str]]]

type WriteOwnFiles = Callable[[], None]

# What each machine keeps as files for its engines, written anew from the rows that all machines share. May
# raise EngineDown.
own_files: Slot[Sequence[WriteOwnFiles]] = Slot("cluster.own_files")
own_checks: Slot[Checks] = Slot("cluster.own_checks")
