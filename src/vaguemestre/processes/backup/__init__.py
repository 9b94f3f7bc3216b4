"""Backup generations of an instance, restoration from them, and the drill that proves both."""
