"""Shared mailboxes: opened, given, taken back. Use cases."""

from vaguemestre.sharing.services.boxes import close_boxes, follow_owners, open_school_boxes
from vaguemestre.sharing.services.keys import make_key, revoke_key
from vaguemestre.sharing.services.members import (
    add_member,
    change_member,
    end_member,
    end_overdue,
    end_those_of,
)
from vaguemestre.sharing.services.requests import ask_box, grant_request, refuse_request

__all__ = [
    "add_member",
    "ask_box",
    "change_member",
    "close_boxes",
    "end_member",
    "end_overdue",
    "end_those_of",
    "follow_owners",
    "grant_request",
    "make_key",
    "open_school_boxes",
    "refuse_request",
    "revoke_key",
]
