"""What the cluster needs from the site: how this machine is."""

from collections.abc import Callable, Mapping

from vaguemestre.foundation.kernel.slots import Slot

# part → `{"status": "ok" | "warning" | "down", "detail": …}`
type Checks = Callable[[], Mapping[str, Mapping[str, str]]]

own_checks: Slot[Checks] = Slot("cluster.own_checks")
