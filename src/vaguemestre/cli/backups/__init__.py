"""Commands that back up an instance and restore it."""
