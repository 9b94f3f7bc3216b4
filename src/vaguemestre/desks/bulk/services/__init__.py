"""Use cases of acts on many."""

from vaguemestre.desks.bulk.services.decisions import (
    abandon_act,
    approve_act,
    decide_act,
    open_act,
    prepare_act,
    record_file_taken,
    stop_act,
    undo_act,
    withdraw_act,
)
from vaguemestre.desks.bulk.services.passes import PassContext, run_pass
from vaguemestre.desks.bulk.services.retention import delete_old_acts, forget_person

__all__ = [
    "PassContext",
    "abandon_act",
    "approve_act",
    "decide_act",
    "delete_old_acts",
    "forget_person",
    "open_act",
    "prepare_act",
    "record_file_taken",
    "run_pass",
    "stop_act",
    "undo_act",
    "withdraw_act",
]
