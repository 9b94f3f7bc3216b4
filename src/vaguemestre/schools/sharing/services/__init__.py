"""Shared mailboxes: opened, given, taken back. Use cases."""

from vaguemestre.schools.sharing.services.boxes import close_boxes, follow_owners, open_school_boxes
from vaguemestre.schools.sharing.services.erasure import forget_person
from vaguemestre.schools.sharing.services.keys import make_key, revoke_key
from vaguemestre.schools.sharing.services.loans import (
    end_loan,
    end_loans,
    lend_mailbox,
    note_entry,
    take_loan_back,
)
from vaguemestre.schools.sharing.services.members import (
    add_member,
    change_member,
    end_member,
    end_overdue,
    end_those_of,
    follow_memberships,
    leave_academy,
)
from vaguemestre.schools.sharing.services.programs import attribute_letter, note_entrance, note_program_letter
from vaguemestre.schools.sharing.services.requests import ask_box, grant_request, refuse_request
from vaguemestre.schools.sharing.services.together import (
    add_note,
    forget_old,
    forget_sent,
    give_back,
    note_deed,
    note_presence,
    note_sent,
    settle,
    stop_answering,
    stop_reading,
    take,
    warn_before_answer,
)

__all__ = [
    "add_member",
    "add_note",
    "ask_box",
    "attribute_letter",
    "change_member",
    "close_boxes",
    "end_loan",
    "end_loans",
    "end_member",
    "end_overdue",
    "end_those_of",
    "follow_memberships",
    "follow_owners",
    "forget_old",
    "forget_person",
    "forget_sent",
    "give_back",
    "grant_request",
    "leave_academy",
    "lend_mailbox",
    "make_key",
    "note_deed",
    "note_entrance",
    "note_entry",
    "note_presence",
    "note_program_letter",
    "note_sent",
    "open_school_boxes",
    "refuse_request",
    "revoke_key",
    "settle",
    "stop_answering",
    "stop_reading",
    "take",
    "take_loan_back",
    "warn_before_answer",
]
