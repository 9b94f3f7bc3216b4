"""Generations of an instance, what is put back from them, and the drill that proves it."""
