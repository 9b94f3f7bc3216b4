"""Forms of sorting: browser input → values."""
