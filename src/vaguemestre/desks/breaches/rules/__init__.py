"""Decisions about breaches."""
