"""« Envois » and what goes with it."""

from vaguemestre.post.tracking.views.desk import end_held_of, list_held_of_all
from vaguemestre.post.tracking.views.following import (
    list_sent,
    reschedule,
    show_banner,
    show_trail,
    tell_hours,
)
from vaguemestre.post.tracking.views.holding import discard, list_held, release
from vaguemestre.post.tracking.views.preferring import set_sending

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
