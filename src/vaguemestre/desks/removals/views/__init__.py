"""Views of removals."""
