"""Use cases of the quarantine."""

from vaguemestre.post.quarantine.services.late_examination import (
    Examiner,
    delete_old_notes,
    examine_unexamined,
    note_unexamined,
)
from vaguemestre.post.quarantine.services.messages import (
    ask_release,
    delete_old_messages,
    forget_person,
    hand_over,
    send_digests,
    store_found,
)

__all__ = [
    "Examiner",
    "ask_release",
    "delete_old_messages",
    "delete_old_notes",
    "examine_unexamined",
    "forget_person",
    "hand_over",
    "note_unexamined",
    "send_digests",
    "store_found",
]
