"""Starts, watches and stops the children of one instance."""
