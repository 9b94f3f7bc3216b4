"""Dangerous messages removed from every mailbox at once, and given back."""
