"""Views of acts on many."""
