"""SAML endpoints."""
