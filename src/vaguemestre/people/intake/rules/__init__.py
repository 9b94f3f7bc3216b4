"""Decisions about a feed: who is who, and what would change."""

from vaguemestre.people.intake.rules.feed_plan import NOTHING_APPLIED, Held, plan, refusal

__all__ = ["NOTHING_APPLIED", "Held", "plan", "refusal"]
