"""« Envois » and what goes with it."""

from vaguemestre.dispatch.views.desk import end_held_of, list_held_of_all
from vaguemestre.dispatch.views.following import list_sent, reschedule, show_banner, show_trail, tell_hours
from vaguemestre.dispatch.views.holding import discard, list_held, release
from vaguemestre.dispatch.views.preferring import set_sending

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
