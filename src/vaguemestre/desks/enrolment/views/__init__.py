"""Screens of applicants (`requests`), of officers (`queue`, `people`)."""
