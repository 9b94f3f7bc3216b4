"""Reading requests and people, never out of an officer's scope."""

from vaguemestre.enrolment.queries.people import (
    is_known,
    is_school,
    letter_of,
    masked_numen_of,
    people_found,
    person_in,
    probable_people,
    service_for,
    story_of,
)
from vaguemestre.enrolment.queries.requests import (
    Opened,
    applicant_of,
    count_waiting,
    followed,
    officers_of,
    opened_request,
    proof_in,
    queue_of,
    request_by_secret,
    scope_of,
)

__all__ = [
    "Opened",
    "applicant_of",
    "count_waiting",
    "followed",
    "is_known",
    "is_school",
    "letter_of",
    "masked_numen_of",
    "officers_of",
    "opened_request",
    "people_found",
    "person_in",
    "probable_people",
    "proof_in",
    "queue_of",
    "request_by_secret",
    "scope_of",
    "service_for",
    "story_of",
]
