"""Decisions and words of the administration."""
