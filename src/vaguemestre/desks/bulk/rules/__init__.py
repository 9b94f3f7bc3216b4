"""Pure rules of acts on many."""
