"""Doors of SAML."""
