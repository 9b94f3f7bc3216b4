"""Events of NUMEN requests."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RequestMoved:
    """A step was added to a request; its applicant or its service may be notified."""

    request_id: int
    step_id: int
