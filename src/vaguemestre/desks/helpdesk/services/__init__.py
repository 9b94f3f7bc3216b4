"""The desk's use cases: acts on accounts, hand-overs, requests."""

from vaguemestre.desks.helpdesk.services.acting import do, intended
from vaguemestre.desks.helpdesk.services.asking import answer_request, ask_desk, take_request
from vaguemestre.desks.helpdesk.services.forgetting import forget_person
from vaguemestre.desks.helpdesk.services.handing import ask_hand_over, confirm_hand_over, refuse_hand_over

__all__ = [
    "answer_request",
    "ask_desk",
    "ask_hand_over",
    "confirm_hand_over",
    "do",
    "forget_person",
    "intended",
    "refuse_hand_over",
    "take_request",
]
