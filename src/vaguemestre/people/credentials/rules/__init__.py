"""Decisions about accounts, one subject a file."""
