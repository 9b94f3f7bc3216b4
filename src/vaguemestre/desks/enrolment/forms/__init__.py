"""Browser input → values, for applicants and for officers."""
