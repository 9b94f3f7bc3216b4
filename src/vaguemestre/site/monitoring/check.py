"""What a health check finds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """The state of one part: `ok`, and a few French words when it is not.

    `is_warning`: pages and mail go on, and yet somebody should look. `is_waiting`: it has nothing to do here
    for now, and could.
    """

    ok: bool
    words: str = ""
    is_warning: bool = False
    is_waiting: bool = False

    def as_json(self) -> dict[str, str]:
        well = "waiting" if self.is_waiting else "ok"
        status = "warning" if self.is_warning else well if self.ok else "down"
        return {"status": status, **({"detail": self.words} if self.words else {})}
