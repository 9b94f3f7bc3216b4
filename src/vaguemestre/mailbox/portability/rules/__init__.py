"""Decisions of a move: pure."""
