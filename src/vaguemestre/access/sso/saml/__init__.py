"""SAML 2.0 identity provider over the registry."""
