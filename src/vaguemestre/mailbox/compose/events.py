"""Events of compose."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class MailingDue:
    """A mailing has copies to hand to the outbox."""

    mailing_id: int
    long_work: ClassVar[bool] = True
