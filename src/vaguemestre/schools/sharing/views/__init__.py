"""The pages about shared mailboxes."""

from vaguemestre.schools.sharing.views.box_requests import ask, decide, name_owner
from vaguemestre.schools.sharing.views.boxes import list_boxes, list_vacant_boxes, show_box
from vaguemestre.schools.sharing.views.delegation import lend, show_loans, take_back
from vaguemestre.schools.sharing.views.keys import make_key, revoke_key
from vaguemestre.schools.sharing.views.members import add_member, change_member, end_member
from vaguemestre.schools.sharing.views.together import act, follow, show_deeds, show_follow_up

__all__ = [
    "act",
    "add_member",
    "ask",
    "change_member",
    "decide",
    "end_member",
    "follow",
    "lend",
    "list_boxes",
    "list_vacant_boxes",
    "make_key",
    "name_owner",
    "revoke_key",
    "show_box",
    "show_deeds",
    "show_follow_up",
    "show_loans",
    "take_back",
]
