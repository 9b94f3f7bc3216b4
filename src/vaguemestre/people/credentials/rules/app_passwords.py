"""Passwords of mail programs: generated, never chosen; 100 bits, easy to copy from a screen."""

import hashlib
import secrets

_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # 32 characters, none easily confused: no l, o, 0, 1
_GROUPS = 5
_IN_A_GROUP = 4


def drawn_app_password() -> str:
    """A random password like `abcd-efgh-ijkm-npqr-stuv`: 20 characters out of 32, 100 bits."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_IN_A_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def sha256_of(text: str) -> str:
    """The stored form: a random text needs no slow hash. It is hashed exactly as shown, hyphens included."""
    return hashlib.sha256(text.encode()).hexdigest()
