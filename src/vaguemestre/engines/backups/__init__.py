"""Backup programs: pgBackRest for PostgreSQL, restic for files."""
