"""How somebody signed in, in the words of RFC 8176."""

_METHODS = {
    "password": ("pwd",),
    "code": ("pwd", "totp", "mfa"),
    "passcode": ("pin", "totp", "mfa"),
    "passkey": ("pop", "user", "mfa"),
}


def methods_of(factor: str) -> tuple[str, ...]:
    """`amr` for the last factor shown; nothing for one that is not known."""
    return _METHODS.get(factor, ())
