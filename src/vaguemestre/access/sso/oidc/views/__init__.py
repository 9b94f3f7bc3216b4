"""OpenID Connect endpoints."""
