"""Feeds checked, applied, held until somebody confirms; doubts about people answered."""

from vaguemestre.intake.services.applying import Checked, Files, Progress, Setting, apply, check
from vaguemestre.intake.services.doubting import answer_doubt, show_doubt_lines
from vaguemestre.intake.services.forgetting import forget_person
from vaguemestre.intake.services.holding import apply_held, confirm_feed, give_feed_up
from vaguemestre.intake.services.resealing import reseal_lines

__all__ = [
    "Checked",
    "Files",
    "Progress",
    "Setting",
    "answer_doubt",
    "apply",
    "apply_held",
    "check",
    "confirm_feed",
    "forget_person",
    "give_feed_up",
    "reseal_lines",
    "show_doubt_lines",
]
