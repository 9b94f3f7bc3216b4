"""Decisions about a feed: who is who, and what would change."""

from vaguemestre.people.intake.rules.feed_plan import build_plan
from vaguemestre.people.intake.rules.limits import NOTHING_APPLIED, LimitCounts, limit_refusal, taken_from

__all__ = ["NOTHING_APPLIED", "LimitCounts", "build_plan", "limit_refusal", "taken_from"]
