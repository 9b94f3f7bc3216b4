"""Use cases of removals."""

from vaguemestre.desks.removals.services.after_restoration import copy_removals, redo_removals
from vaguemestre.desks.removals.services.decisions import (
    approve_removal,
    decide_removal,
    decline_content,
    open_removal,
    retry_boxes,
    stop_removal,
    undo_removal,
)
from vaguemestre.desks.removals.services.officers import end_right, give_right, withdraw_right
from vaguemestre.desks.removals.services.passes import PassContext, run_pass
from vaguemestre.desks.removals.services.retention import delete_old_removals, forget_person

__all__ = [
    "PassContext",
    "approve_removal",
    "copy_removals",
    "decide_removal",
    "decline_content",
    "delete_old_removals",
    "end_right",
    "forget_person",
    "give_right",
    "open_removal",
    "redo_removals",
    "retry_boxes",
    "run_pass",
    "stop_removal",
    "undo_removal",
    "withdraw_right",
]
