"""Feeds checked, applied, held until somebody confirms; doubts about people answered."""

from vaguemestre.people.intake.services.erasure import forget_person
from vaguemestre.people.intake.services.feed_apply import Checked, Files, Progress, Setting, apply, check
from vaguemestre.people.intake.services.held_feeds import (
    apply_held,
    ask_plan,
    confirm_feed,
    give_feed_up,
    plan_again,
    stale_reason,
)
from vaguemestre.people.intake.services.key_rotation import reseal_lines
from vaguemestre.people.intake.services.match_candidates import answer_doubt, show_doubt_lines
from vaguemestre.people.intake.services.plan_rows import plan_rows, rows_of

__all__ = [
    "Checked",
    "Files",
    "Progress",
    "Setting",
    "answer_doubt",
    "apply",
    "apply_held",
    "ask_plan",
    "check",
    "confirm_feed",
    "forget_person",
    "give_feed_up",
    "plan_again",
    "plan_rows",
    "reseal_lines",
    "rows_of",
    "show_doubt_lines",
    "stale_reason",
]
