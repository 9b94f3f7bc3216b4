"""Decisions → Sieve scripts, the personal one and the house’s; other programs’ scripts back to data."""

from vaguemestre.mailbox.sorting.script.composing import compose, compose_absence
from vaguemestre.mailbox.sorting.script.spam import compose_friends
from vaguemestre.mailbox.sorting.script.translating import taken

__all__ = ["compose", "compose_absence", "compose_friends", "taken"]
