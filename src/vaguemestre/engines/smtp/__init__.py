"""SMTP submission of our own messages (RFC 6409)."""
