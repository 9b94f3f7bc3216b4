"""Rules of the help desk."""
