"""Authentication methods (`amr`, RFC 8176)."""

_METHODS = {
    "password": ("pwd",),
    "code": ("pwd", "totp", "mfa"),
    "passcode": ("pin", "totp", "mfa"),
    "passkey": ("pop", "user", "mfa"),
}


def methods_of(factor: str) -> tuple[str, ...]:
    """The `amr` values for the last factor proved; none for an unknown one."""
    return _METHODS.get(factor, ())
