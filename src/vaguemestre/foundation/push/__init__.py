"""Tells open pages that something changed in a mailbox."""
