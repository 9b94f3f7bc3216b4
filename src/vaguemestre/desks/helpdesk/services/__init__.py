"""Use cases of the help desk."""

from vaguemestre.desks.helpdesk.services.account_actions import perform_action, preview_action
from vaguemestre.desks.helpdesk.services.answer_texts import delete_answer_text, save_answer_text
from vaguemestre.desks.helpdesk.services.erasure import forget_person
from vaguemestre.desks.helpdesk.services.hand_overs import (
    ask_hand_over,
    confirm_hand_over,
    refuse_hand_over,
    void_hand_overs,
)
from vaguemestre.desks.helpdesk.services.prepared_mail import withdraw_prepared_mail
from vaguemestre.desks.helpdesk.services.requests import (
    answer_request,
    complete_answer,
    mail_contact,
    submit_request,
    take_request,
)
from vaguemestre.desks.helpdesk.services.retention import delete_old_requests

__all__ = [
    "answer_request",
    "ask_hand_over",
    "complete_answer",
    "confirm_hand_over",
    "delete_answer_text",
    "delete_old_requests",
    "forget_person",
    "mail_contact",
    "perform_action",
    "preview_action",
    "refuse_hand_over",
    "save_answer_text",
    "submit_request",
    "take_request",
    "void_hand_overs",
    "withdraw_prepared_mail",
]
