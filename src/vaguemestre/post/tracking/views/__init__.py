"""« Envois » and what goes with it."""

from vaguemestre.post.tracking.views.desk import end_held_of, list_held_of_all
from vaguemestre.post.tracking.views.held_mail import discard, list_held, release
from vaguemestre.post.tracking.views.preferences import set_sending
from vaguemestre.post.tracking.views.sent_mail import (
    list_sent,
    reschedule,
    show_banner,
    show_trail,
    tell_hours,
)

__all__ = [
    "discard",
    "end_held_of",
    "list_held",
    "list_held_of_all",
    "list_sent",
    "release",
    "reschedule",
    "set_sending",
    "show_banner",
    "show_trail",
    "tell_hours",
]
