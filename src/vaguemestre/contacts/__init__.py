"""Personal address book."""
