"""Values of CAS."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Failure(StrEnum):
    """Failure codes of a validation (CAS 3.0 §2.5.3)."""

    REQUEST = "INVALID_REQUEST"
    TICKET = "INVALID_TICKET"
    SERVICE = "INVALID_SERVICE"
    KIND = "INVALID_TICKET_SPEC"
    CALLBACK = "INVALID_PROXY_CALLBACK"
    UNAUTHORIZED = "UNAUTHORIZED_SERVICE"


@dataclass(frozen=True, slots=True)
class ValidatedTicket:
    """The user of a ticket, and their sign-in; `fresh`: a proof given for this very ticket."""

    visit_id: int
    account_id: int
    signed_in_at: datetime
    fresh: bool
    proxies: tuple[str, ...] = ()  # proxies it came through, the last first


@dataclass(frozen=True, slots=True)
class ProxyGranting:
    """A proxy-granting ticket and its IOU, named in the validation response."""

    ticket: str = field(repr=False)
    iou: str
