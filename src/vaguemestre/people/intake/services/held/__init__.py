"""Feeds that wait: those held whole, those given on a page, and their sealed files."""
