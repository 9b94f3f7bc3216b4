"""Browser input → values."""
