"""The list of keys delivered by their manufacturer."""

import base64

from vaguemestre.foundation.kernel.errors import Refusal

MAX_KEYS = 500
_SHORTEST_SECRET = 16  # bytes (RFC 4226 §4, R6)


def parse_key_list(text: str) -> list[tuple[str, bytes]]:
    """The (serial, secret) of each line `serial;secret`, the secret in base32 or hexadecimal.

    Raises Refusal `helpdesk.key-line` with the number of the first invalid line, `…key-list-long`.
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) > MAX_KEYS:
        raise Refusal("helpdesk.key-list-long", most=MAX_KEYS)
    keys = []
    for number, line in lines:
        serial, _, encoded = line.replace(",", ";").partition(";")
        secret = _secret("".join(encoded.split()))
        if not serial.strip() or len(secret) < _SHORTEST_SECRET:
            raise Refusal("helpdesk.key-line", line=number)
        keys.append((serial.strip(), secret))
    return keys


def _secret(encoded: str) -> bytes:
    """The bytes of a secret; b"" if it is neither hexadecimal nor base32 (RFC 4648)."""
    try:
        return bytes.fromhex(encoded)
    except ValueError:
        pass
    try:
        return base64.b32decode(encoded.upper() + "=" * (-len(encoded) % 8))
    except ValueError:  # binascii.Error is one; so is a letter with an accent
        return b""
