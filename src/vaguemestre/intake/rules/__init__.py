"""Decisions about a feed: who is who, and what would change."""

from vaguemestre.intake.rules.planning import plan, refusal

__all__ = ["plan", "refusal"]
