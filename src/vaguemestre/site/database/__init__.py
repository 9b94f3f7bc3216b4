"""The connection to the database, whether it holds every migration of this code, and allowed changes."""
