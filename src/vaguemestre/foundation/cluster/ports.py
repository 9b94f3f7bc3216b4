"""What the cluster needs from the site: how this machine is, who hears that its sign was stored."""

from collections.abc import Callable, Mapping, Sequence

from vaguemestre.foundation.kernel.slots import Slot

# part → `{"status": "ok" | "waiting" | "warning" | "down", "detail": …}`
type Checks = Callable[[], Mapping[str, Mapping[str, str]]]

type OwnRound = Callable[[], None]

# What each machine does for its own engines, again and again, from the rows that all machines share. May
# raise EngineDown.
own_rounds: Slot[Sequence[OwnRound]] = Slot("cluster.own_rounds")
# After each sign that this machine stored. May raise OSError.
sign_stored: Slot[Callable[[], None]] = Slot("cluster.sign_stored")
own_checks: Slot[Checks] = Slot("cluster.own_checks")
