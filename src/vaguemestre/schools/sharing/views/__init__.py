"""Pages of shared mailboxes."""

from vaguemestre.schools.sharing.views.app_passwords import create_app_password, revoke_app_password
from vaguemestre.schools.sharing.views.box_requests import decide_request, name_owner, request_box
from vaguemestre.schools.sharing.views.boxes import list_boxes, list_vacant_boxes, show_box
from vaguemestre.schools.sharing.views.collaboration import (
    change_thread,
    show_activity,
    show_collaboration,
    show_follow_up,
)
from vaguemestre.schools.sharing.views.delegation import delegate_mailbox, end_delegation, show_delegation
from vaguemestre.schools.sharing.views.members import add_member, change_member, end_member
from vaguemestre.schools.sharing.views.named_owners import take_back_owner
from vaguemestre.schools.sharing.views.new_members import add_members

__all__ = [
    "add_member",
    "add_members",
    "change_member",
    "change_thread",
    "create_app_password",
    "decide_request",
    "delegate_mailbox",
    "end_delegation",
    "end_member",
    "list_boxes",
    "list_vacant_boxes",
    "name_owner",
    "request_box",
    "revoke_app_password",
    "show_activity",
    "show_box",
    "show_collaboration",
    "show_delegation",
    "show_follow_up",
    "take_back_owner",
]
