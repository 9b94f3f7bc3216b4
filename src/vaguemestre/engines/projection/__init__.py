"""The projection engine."""
