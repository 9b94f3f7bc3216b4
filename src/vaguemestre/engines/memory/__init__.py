"""Ports in dicts, for unit tests."""
