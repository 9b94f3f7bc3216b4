"""The vaguemestre command."""
