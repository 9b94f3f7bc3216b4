"""The registry's screens: for people on their way, and for administrators."""
