"""Views of « Envois », of held mail and of sending preferences."""

from vaguemestre.post.tracking.views.desk import decide_held, list_all_held
from vaguemestre.post.tracking.views.held_mail import discard, list_held, release
from vaguemestre.post.tracking.views.preferences import edit_preferences
from vaguemestre.post.tracking.views.search import find_own, search_messages, search_of_account
from vaguemestre.post.tracking.views.sent_mail import (
    list_sent,
    reschedule,
    show_banner,
    show_quiet_hours,
    show_status,
)

__all__ = [
    "decide_held",
    "discard",
    "edit_preferences",
    "find_own",
    "list_all_held",
    "list_held",
    "list_sent",
    "release",
    "reschedule",
    "search_messages",
    "search_of_account",
    "show_banner",
    "show_quiet_hours",
    "show_status",
]
