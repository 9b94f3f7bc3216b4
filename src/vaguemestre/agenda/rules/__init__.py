"""Decisions about days."""
