"""Screens of applicants (`asking`), of officers (`queue`, `people`)."""
