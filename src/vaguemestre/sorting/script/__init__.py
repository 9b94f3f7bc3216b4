"""Decisions → one Sieve script: data to a syntax tree, a syntax tree to text."""

from vaguemestre.sorting.script.composing import compose

__all__ = ["compose"]
