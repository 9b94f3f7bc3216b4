"""Passwords of mail programs: generated, never chosen; 100 bits, easy to copy from a screen."""

import hashlib
import secrets

_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # 32 signs, none like another: no l, o, 0, 1
_GROUPS = 5
_IN_A_GROUP = 4


def drawn_app_password() -> str:
    """`abcd-efgh-ijkm-npqr-stuv`: 20 signs of 32, 100 bits."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_IN_A_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def sha256_of(text: str) -> str:
    """What is kept: random enough to need no slow hash. The text is hashed exactly as shown."""
    return hashlib.sha256(text.encode()).hexdigest()
