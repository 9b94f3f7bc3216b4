"""The desk's use cases: acts on accounts, hand-overs, requests."""

from vaguemestre.desks.helpdesk.services.erasure import forget_person
from vaguemestre.desks.helpdesk.services.hand_overs import ask_hand_over, confirm_hand_over, refuse_hand_over
from vaguemestre.desks.helpdesk.services.operations import do, intended
from vaguemestre.desks.helpdesk.services.requests import answer_request, ask_desk, take_request

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
