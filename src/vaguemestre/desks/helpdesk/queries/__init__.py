"""Queries of the help desk. None reads a message, a password, a NUMEN or a code."""
