"""Forms of applicants and of officers."""
