"""A machine as the others see it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class MachineState:
    """`silent`: since its last sign; `down`: parts that do not work, of what it said last."""

    name: str
    silent: timedelta
    is_gone: bool
    down: tuple[str, ...]

    def as_json(self) -> Mapping[str, object]:
        status = "gone" if self.is_gone else "down" if self.down else "ok"
        return {
            "status": status,
            "seconds": int(self.silent.total_seconds()),
            **({"down": list(self.down)} if self.down else {}),
        }
