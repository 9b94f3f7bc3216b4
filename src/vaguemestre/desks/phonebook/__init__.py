"""The directory of the académie, as colleagues read it."""
