"""HR feeds: rows read, compared with what we know, planned, applied."""
