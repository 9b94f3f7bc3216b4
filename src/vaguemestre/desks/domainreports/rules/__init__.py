"""Decisions of domain reports: pure."""
