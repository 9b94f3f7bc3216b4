"""A machine as the others see it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class MachineState:
    """`silent`: since its last sign; `down`: parts that do not work, of what it said last.

    `is_waiting`: it is well, and another machine does its work: that of a pod which both can serve.
    """

    name: str
    silent: timedelta
    is_gone: bool
    down: tuple[str, ...]
    is_waiting: bool = False

    def as_json(self) -> Mapping[str, object]:
        well = "waiting" if self.is_waiting else "ok"
        status = "gone" if self.is_gone else "down" if self.down else well
        return {
            "status": status,
            "seconds": int(self.silent.total_seconds()),
            **({"down": list(self.down)} if self.down else {}),
        }
