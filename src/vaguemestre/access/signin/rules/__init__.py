"""Decisions of the sign-in, one subject a file."""
