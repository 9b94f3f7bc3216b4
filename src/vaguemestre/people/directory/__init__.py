"""People, structures, assignments, management services, names and addresses."""
