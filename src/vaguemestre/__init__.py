"""Vaguemestre: the professional mail of an académie."""
