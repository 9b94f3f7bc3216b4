"""What happened to what is being written."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class MailingGoesOn:
    """Copies of a mailing are waiting to be made."""

    mailing_id: int
    long_work: ClassVar[bool] = True
