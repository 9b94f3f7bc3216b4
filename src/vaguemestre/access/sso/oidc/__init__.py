"""OpenID Connect provider: authorization code flow with PKCE only."""
