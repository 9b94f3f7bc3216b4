"""Decisions → one Sieve script: data to a syntax tree, a syntax tree to text."""

from vaguemestre.sorting.script.composing import compose
from vaguemestre.sorting.script.spam import compose_friends

__all__ = ["compose", "compose_friends"]
