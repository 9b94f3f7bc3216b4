"""The certificates of an instance and its own authority (RFC 5280)."""
