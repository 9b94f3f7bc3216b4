"""The staff of an establishment, for its head."""
