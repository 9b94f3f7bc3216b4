"""Session keys: random in the browser's cookie, stored only as a digest."""

import hashlib
import secrets

KEY_BYTES = 32  # docs/security.md §5.1: 256 bits


def new_session_key() -> str:
    """A random session key, base64url."""
    return secrets.token_urlsafe(KEY_BYTES)


def session_digest(cookie_key: str) -> str:
    """SHA-256 of a cookie's key, in hexadecimal; "" for an empty one.

    Reading the table, a replica or a backup does not reveal the cookie. The key is random, so neither salt
    nor stretching is needed.
    """
    return hashlib.sha256(cookie_key.encode()).hexdigest() if cookie_key else ""
