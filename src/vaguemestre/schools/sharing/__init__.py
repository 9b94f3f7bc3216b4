"""Mailboxes of several people: schools', services', projects'."""
