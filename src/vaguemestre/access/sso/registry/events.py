"""Facts about visits, past tense."""

from dataclasses import dataclass


@dataclass(frozen=True)
class VisitEnded:
    """Signed out here, or shut out: the application is still to be told."""

    visit_id: int
