"""Rules of OpenID Connect: requests, claims, keys."""
