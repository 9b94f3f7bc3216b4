"""Single-use codes that the help desk sends or hands over: 65 bits, valid a day, stored as a keyed hash."""

import hmac
import secrets
from datetime import timedelta

from vaguemestre.people.credentials.values import SecretKeys

LIFETIME = timedelta(hours=24)  # NIST SP 800-63B-4 §4.2: issued recovery codes sent by e-mail
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # 32 letters and digits, none easily confused
_LENGTH = 13
_GROUPS = (4, 4, 5)


def draw_issued_code() -> str:
    """A random code, like `abcd-efgh-ijkmn`."""
    letters = iter(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    return "-".join("".join(next(letters) for _ in range(size)) for size in _GROUPS)


def issued_marks(typed: str, owner: int, keys: SecretKeys) -> list[str]:
    """The keyed hashes of a code, by each key of the instance, the current one first.

    A malformed code has hashes too; they match nothing.
    """
    plain = "".join(character for character in typed.lower() if character.isalnum())[:64]
    key_names = [keys.current, *(name for name in keys.sealing if name != keys.current)]
    message = f"issued code {owner} {plain}".encode()
    return [hmac.digest(keys.sealing[name], message, "sha256").hex() for name in key_names]
