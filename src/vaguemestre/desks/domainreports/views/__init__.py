"""Pages of domain reports."""
