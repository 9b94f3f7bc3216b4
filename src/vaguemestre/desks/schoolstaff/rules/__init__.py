"""Which days somebody stays, and who is in which view."""
