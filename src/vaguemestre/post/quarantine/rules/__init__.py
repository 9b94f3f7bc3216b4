"""Decisions of the quarantine. Pure."""
