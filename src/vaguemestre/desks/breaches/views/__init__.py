"""Pages of breaches."""
