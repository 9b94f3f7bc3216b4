"""Rules about days."""
