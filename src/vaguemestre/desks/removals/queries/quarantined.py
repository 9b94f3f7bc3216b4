"""Copies in quarantine of the mail that a removal names."""

from vaguemestre.desks.removals.rules.marks import marks, marks_of_message
from vaguemestre.desks.removals.values import Criteria
from vaguemestre.post.quarantine.queries import held_letters


def count_quarantined(criteria: Criteria) -> int:
    """Count the quarantined messages that the removal would bar from being handed over."""
    named = set(marks(criteria))
    held = held_letters(message_id=criteria.message_id, sender=criteria.sender)
    return sum(not named.isdisjoint(marks_of_message(*letter)) for letter in held)
