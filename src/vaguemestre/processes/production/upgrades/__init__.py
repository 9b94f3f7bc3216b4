"""Moves a machine from one release to another while it serves."""
