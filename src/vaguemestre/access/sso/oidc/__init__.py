"""OpenID Connect provider: authorization code with PKCE, and nothing weaker."""
