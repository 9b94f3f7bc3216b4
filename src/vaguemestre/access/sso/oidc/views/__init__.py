"""Doors of OpenID Connect."""
