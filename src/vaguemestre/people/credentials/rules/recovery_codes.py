"""Recovery codes: ten, drawn, 60 bits each; kept as a hash keyed outside the database."""

import hmac
import secrets

from vaguemestre.people.credentials.values import SecretKeys

HOW_MANY = 10
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # 32 signs, none like another
_GROUPS, _IN_A_GROUP = 3, 4


def drawn_codes() -> list[str]:
    """`abcd-efgh-ijkm`, all different."""
    codes: set[str] = set()
    while len(codes) < HOW_MANY:
        codes.add(
            "-".join("".join(secrets.choice(_LETTERS) for _ in range(_IN_A_GROUP)) for _ in range(_GROUPS))
        )
    return list(codes)


def plain(typed: str) -> str:
    """The code without what people put around and between its letters; "" when it cannot be one."""
    text = "".join(typed.split()).replace("-", "").lower()
    return text if len(text) == _GROUPS * _IN_A_GROUP and set(text) <= set(_LETTERS) else ""


def marks_of(typed: str, owner: int, keys: SecretKeys) -> list[str]:
    """What may be kept of that code, by each key of the instance, the current one first; none for no code."""
    text = plain(typed)
    if not text:
        return []
    named = [keys.current, *(name for name in keys.sealing if name != keys.current)]
    message = f"recovery code {owner} {text}".encode()
    return [hmac.digest(keys.sealing[name], message, "sha256").hex() for name in named]
