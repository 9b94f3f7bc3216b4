"""Single-use codes somebody else has sent, or handed over: 65 bits, a day; only a keyed hash is kept."""

import hmac
import secrets
from datetime import timedelta

from vaguemestre.people.credentials.values import SecretKeys

LIFE = timedelta(hours=24)  # NIST SP 800-63B-4 §4.2: issued recovery codes sent by e-mail
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # 32 signs, none like another
_LENGTH = 13
_GROUPS = (4, 4, 5)


def drawn_issued_code() -> str:
    """`abcd-efgh-ijkmn`."""
    signs = iter(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    return "-".join("".join(next(signs) for _ in range(size)) for size in _GROUPS)


def issued_marks(typed: str, owner: int, keys: SecretKeys) -> list[str]:
    """What may be kept of that code, by each key of the instance, the current one first.

    A text that cannot be a code has marks too: those of nobody's code.
    """
    plain = "".join(sign for sign in typed.lower() if sign.isalnum())[:64]
    named = [keys.current, *(name for name in keys.sealing if name != keys.current)]
    said = f"issued code {owner} {plain}".encode()
    return [hmac.digest(keys.sealing[name], said, "sha256").hex() for name in named]
