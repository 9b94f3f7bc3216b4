"""What became of what was sent."""
