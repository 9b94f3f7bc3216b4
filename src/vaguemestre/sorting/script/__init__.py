"""Decisions → one Sieve script: data to a syntax tree, the tree to text; other programs’ back to data."""

from vaguemestre.sorting.script.composing import compose
from vaguemestre.sorting.script.spam import compose_friends
from vaguemestre.sorting.script.translating import taken

__all__ = ["compose", "compose_friends", "taken"]
