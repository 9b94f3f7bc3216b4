"""The file of a service that goes on by the former one until it took the new one. As root."""

from dataclasses import dataclass
from pathlib import Path

from vaguemestre.engines.config_templates import write
from vaguemestre.processes.production.machine.commands import has_text


@dataclass(frozen=True)
class ServedFile:
    """`path`: what the service reads when it starts. During a change, what it runs by lies beside.

    A run that was killed between the two leaves both: the next one goes on from there.
    """

    path: Path
    mode: int = 0o644

    @property
    def refused(self) -> Path:
        """The last text that the service's own check did not accept."""
        return self.path.with_name(f"{self.path.name}.refused")

    @property
    def _former(self) -> Path:
        return self.path.with_name(f"{self.path.name}.former")

    def is_taken(self, text: str) -> bool:
        """Whether the service was seen to take that text."""
        return has_text(self.path, text) and not self._former.exists()

    def begin(self, text: str) -> None:
        """Write it, and keep what the service runs by."""
        if self.path.exists() and not self._former.exists():
            write(self._former, self.path.read_text(encoding="utf-8"), mode=self.mode)
        write(self.path, text, mode=self.mode)

    def settle(self) -> None:
        """The service runs by it."""
        self._former.unlink(missing_ok=True)
        self.refused.unlink(missing_ok=True)

    def take_back(self) -> None:
        """The service does not: a start finds the former one."""
        if self._former.exists():
            self._former.rename(self.path)
