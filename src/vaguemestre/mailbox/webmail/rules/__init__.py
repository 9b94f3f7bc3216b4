"""Decisions of the webmail: what of a message is shown, and how it is made harmless."""
