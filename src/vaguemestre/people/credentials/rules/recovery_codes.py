"""Recovery codes: ten, random, 60 bits each; stored as hashes keyed outside the database."""

import hmac
import secrets

from vaguemestre.people.credentials.values import SecretKeys

HOW_MANY = 10
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # 32 characters, none easily confused
_GROUPS, _IN_A_GROUP = 3, 4


def drawn_codes() -> list[str]:
    """Ten different random codes like `abcd-efgh-ijkm`."""
    codes: set[str] = set()
    while len(codes) < HOW_MANY:
        codes.add(
            "-".join("".join(secrets.choice(_LETTERS) for _ in range(_IN_A_GROUP)) for _ in range(_GROUPS))
        )
    return list(codes)


def plain(typed: str) -> str:
    """The letters of a typed code, without spaces and hyphens; "" if it cannot be a code."""
    text = "".join(typed.split()).replace("-", "").lower()
    return text if len(text) == _GROUPS * _IN_A_GROUP and set(text) <= set(_LETTERS) else ""


def marks_of(typed: str, owner: int, keys: SecretKeys) -> list[str]:
    """The keyed hashes of a code, by each key of the instance, the current one first; none if malformed."""
    text = plain(typed)
    if not text:
        return []
    key_names = [keys.current, *(name for name in keys.sealing if name != keys.current)]
    message = f"recovery code {owner} {text}".encode()
    return [hmac.digest(keys.sealing[name], message, "sha256").hex() for name in key_names]
