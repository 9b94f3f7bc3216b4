"""What lists decide, with no database and no wire."""
