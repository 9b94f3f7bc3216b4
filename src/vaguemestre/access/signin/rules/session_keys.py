"""The key of a session as a browser's cookie holds it, and its digest, which is all that is kept here."""

import hashlib
import secrets

KEY_BYTES = 32  # docs/security.md §5.1: 256 bits


def new_session_key() -> str:
    """A random key for a cookie, of the base64url alphabet."""
    return secrets.token_urlsafe(KEY_BYTES)


def session_digest(cookie_key: str) -> str:
    """SHA-256 of a cookie's key, in hexadecimal; "" for an empty one.

    Whoever reads the table, a replica or a backup cannot make the cookie from it. The key is random: neither
    salt nor stretching is needed.
    """
    return hashlib.sha256(cookie_key.encode()).hexdigest() if cookie_key else ""
