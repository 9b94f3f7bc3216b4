"""Use cases of enrolment."""

from vaguemestre.desks.enrolment.services.assignment import (
    add_note,
    assign_request,
    correct_work,
    follow_people,
    pass_request_on,
)
from vaguemestre.desks.enrolment.services.decisions import (
    check_creation,
    check_recognition,
    create_person,
    link_existing_person,
    mark_delivered,
    reject,
    request_information,
    start_review,
)
from vaguemestre.desks.enrolment.services.erasure import forget_person
from vaguemestre.desks.enrolment.services.mail_log import record_applicant_mail, record_service_mail
from vaguemestre.desks.enrolment.services.people import (
    appoint_officer,
    check_arrival,
    correct_person,
    dismiss_officer,
    leave_services,
    record_export,
    register_arrival,
    reveal_numen,
)
from vaguemestre.desks.enrolment.services.requests import (
    complete_request,
    delete_old_proofs,
    delete_old_requests,
    submit_request,
)

__all__ = [
    "add_note",
    "appoint_officer",
    "assign_request",
    "check_arrival",
    "check_creation",
    "check_recognition",
    "complete_request",
    "correct_person",
    "correct_work",
    "create_person",
    "delete_old_proofs",
    "delete_old_requests",
    "dismiss_officer",
    "follow_people",
    "forget_person",
    "leave_services",
    "link_existing_person",
    "mark_delivered",
    "pass_request_on",
    "record_applicant_mail",
    "record_export",
    "record_service_mail",
    "register_arrival",
    "reject",
    "request_information",
    "reveal_numen",
    "start_review",
    "submit_request",
]
