"""One identity for the académie's applications: the registry, and one room for each protocol."""
