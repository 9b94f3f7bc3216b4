"""Feeds checked, applied or held; match candidates answered."""

from vaguemestre.people.intake.services.erasure import forget_person
from vaguemestre.people.intake.services.feed_apply import apply_feed
from vaguemestre.people.intake.services.feed_check import check_feed
from vaguemestre.people.intake.services.feed_records import MAX_REFUSED_ROWS
from vaguemestre.people.intake.services.held.feeds import (
    apply_held_feed,
    confirm_feed,
    discard_feed,
    rebuild_plan,
    request_plan,
    stale_reason,
)
from vaguemestre.people.intake.services.held.uploads import (
    FILE_REFUSALS,
    UploadedFeed,
    drop_unusable_upload,
    hold_upload,
)
from vaguemestre.people.intake.services.import_context import CheckedFeed, FeedFiles, ImportContext, Progress
from vaguemestre.people.intake.services.key_rotation import reseal_lines
from vaguemestre.people.intake.services.match_candidates import (
    answer_match_candidate,
    reveal_match_candidate_lines,
    take_back_answer,
)
from vaguemestre.people.intake.services.plan_rows import plan_rows, plan_rows_of_kind
from vaguemestre.people.intake.services.retention import delete_old_lines

__all__ = [
    "FILE_REFUSALS",
    "MAX_REFUSED_ROWS",
    "CheckedFeed",
    "FeedFiles",
    "ImportContext",
    "Progress",
    "UploadedFeed",
    "answer_match_candidate",
    "apply_feed",
    "apply_held_feed",
    "check_feed",
    "confirm_feed",
    "delete_old_lines",
    "discard_feed",
    "drop_unusable_upload",
    "forget_person",
    "hold_upload",
    "plan_rows",
    "plan_rows_of_kind",
    "rebuild_plan",
    "request_plan",
    "reseal_lines",
    "reveal_match_candidate_lines",
    "stale_reason",
    "take_back_answer",
]
