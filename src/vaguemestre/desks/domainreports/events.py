"""Events of domain reports."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class ReportsDelivered:
    """Mail was delivered to a reporting address."""

    queue: ClassVar[str] = "untrusted"  # the address is public: whoever writes to it holds up nobody's mail
    box_id: int
