"""Requests filed and answered, people received before HR has them, letters."""

from vaguemestre.desks.enrolment.services.decisions import (
    ask_for_more,
    check_creation,
    close_request,
    create_person,
    deliver,
    recognise,
    reject,
    take_up,
)
from vaguemestre.desks.enrolment.services.erasure import forget_person
from vaguemestre.desks.enrolment.services.mail_log import note_applicant_mailed, note_service_mailed
from vaguemestre.desks.enrolment.services.people import (
    appoint_officer,
    check_arrival,
    correct_person,
    dismiss_officer,
    receive_person,
    reveal_numen,
)
from vaguemestre.desks.enrolment.services.requests import complete_request, file_request, forget_old_proofs

__all__ = [
    "appoint_officer",
    "ask_for_more",
    "check_arrival",
    "check_creation",
    "close_request",
    "complete_request",
    "correct_person",
    "create_person",
    "deliver",
    "dismiss_officer",
    "file_request",
    "forget_old_proofs",
    "forget_person",
    "note_applicant_mailed",
    "note_service_mailed",
    "receive_person",
    "recognise",
    "reject",
    "reveal_numen",
    "take_up",
]
