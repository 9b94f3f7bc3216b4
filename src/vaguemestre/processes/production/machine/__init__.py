"""What the steps of an installation change on the machine: users, files, database, resolver, certificates."""
