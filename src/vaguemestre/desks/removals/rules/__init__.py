"""Pure rules of removals."""
