"""Decisions → Sieve scripts, the personal one and the house’s; other programs’ scripts back to data."""

from vaguemestre.sorting.script.composing import compose, compose_absence
from vaguemestre.sorting.script.spam import compose_friends
from vaguemestre.sorting.script.translating import taken

__all__ = ["compose", "compose_absence", "compose_friends", "taken"]
