"""The administration's screens, one file a subject."""
