"""Adapters between rooms that may not import each other, one file per borrowing room."""
