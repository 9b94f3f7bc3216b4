"""Facts about NUMEN requests, past tense."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RequestMoved:
    """A step was added to a request: its applicant and its service are written to when it concerns them."""

    request_id: int
    step_id: int
