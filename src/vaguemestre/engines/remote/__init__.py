"""Requests to hosts that messages, applications or the configuration name."""
