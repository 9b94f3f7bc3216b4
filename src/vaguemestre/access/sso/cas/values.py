"""Nouns of CAS."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Failure(StrEnum):
    """Codes of a refused validation (CAS 3.0 §2.5.3)."""

    REQUEST = "INVALID_REQUEST"
    TICKET = "INVALID_TICKET"
    SERVICE = "INVALID_SERVICE"
    KIND = "INVALID_TICKET_SPEC"
    CALLBACK = "INVALID_PROXY_CALLBACK"
    UNAUTHORIZED = "UNAUTHORIZED_SERVICE"


@dataclass(frozen=True, slots=True)
class Validated:
    """Whose ticket it was, and how they had signed in; `fresh`: they proved it for this very ticket."""

    visit_id: int
    account_id: int
    signed_in_at: datetime
    fresh: bool
    proxies: tuple[str, ...] = ()  # through which services, the last first


@dataclass(frozen=True, slots=True)
class Granting:
    """A proxy-granting ticket, and the name it is told by in the validation's answer."""

    ticket: str = field(repr=False)
    iou: str
