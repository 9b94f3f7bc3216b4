"""Decisions → Sieve scripts, the personal one and the house’s; other programs’ scripts back to data."""

from vaguemestre.mailbox.sorting.script.foreign_scripts import taken
from vaguemestre.mailbox.sorting.script.sieve_writer import compose, compose_absence
from vaguemestre.mailbox.sorting.script.spam import compose_friends

__all__ = ["compose", "compose_absence", "compose_friends", "taken"]
