"""Facts about removals, past tense."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class RemovalDue:
    """Mailboxes of a removal wait for their turn. `number`: of the order; an older one does nothing."""

    long_work: ClassVar[bool] = True

    removal_id: int
    number: int


@dataclass(frozen=True)
class RefusedContentChanged:
    """What the filter must refuse has changed."""
