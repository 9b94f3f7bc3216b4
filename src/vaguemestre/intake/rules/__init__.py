"""Decisions about a feed: who is who, and what would change."""

from vaguemestre.intake.rules.planning import plan

__all__ = ["plan"]
