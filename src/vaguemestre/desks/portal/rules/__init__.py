"""Decisions of the portal: home page, search of settings."""
