"""What a health check finds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """The state of one part: `ok`, and a few words when it is not.

    `is_warning`: pages and mail go on, and yet somebody should look.
    """

    ok: bool
    words: str = ""
    is_warning: bool = False

    def as_json(self) -> dict[str, str]:
        status = "warning" if self.is_warning else "ok" if self.ok else "down"
        return {"status": status, **({"detail": self.words} if self.words else {})}
