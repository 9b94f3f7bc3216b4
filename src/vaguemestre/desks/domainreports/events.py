"""Events of domain reports."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ReportsDelivered:
    """Mail was delivered to a reporting address."""

    box_id: int
