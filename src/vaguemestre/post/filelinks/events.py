"""What happened to files left with us."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class DepositReceived:
    """All of it is there: it can be looked at."""

    deposit_id: int
    long_work: ClassVar[bool] = True
