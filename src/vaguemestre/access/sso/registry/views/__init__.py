"""Pages of the registry, for users and administrators."""
