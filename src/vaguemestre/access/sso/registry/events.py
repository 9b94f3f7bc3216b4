"""Events about visits."""

from dataclasses import dataclass


@dataclass(frozen=True)
class VisitEnded:
    """A visit ended; the application must still be notified."""

    visit_id: int
