"""The pages about shared mailboxes."""

from vaguemestre.sharing.views.asking import ask, decide, name_owner
from vaguemestre.sharing.views.boxes import list_boxes, show_box
from vaguemestre.sharing.views.keys import make_key, revoke_key
from vaguemestre.sharing.views.members import add_member, change_member, end_member

__all__ = [
    "add_member",
    "ask",
    "change_member",
    "decide",
    "end_member",
    "list_boxes",
    "make_key",
    "name_owner",
    "revoke_key",
    "show_box",
]
