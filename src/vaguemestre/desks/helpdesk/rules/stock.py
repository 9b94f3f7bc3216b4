"""The list a maker delivers with its keys."""

import base64
import binascii

from vaguemestre.foundation.kernel.errors import Refusal

MOST_AT_ONCE = 500
_SHORTEST_SECRET = 16  # octets (RFC 4226 §4, R6)


def keys_listed(text: str) -> list[tuple[str, bytes]]:
    """(serial, secret) of each line `serial;secret`, the secret in base32 or hexadecimal.

    Raises Refusal `helpdesk.key-line` with the number of the first wrong line, `…key-list-long`.
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) > MOST_AT_ONCE:
        raise Refusal("helpdesk.key-list-long", most=MOST_AT_ONCE)
    found = []
    for number, line in lines:
        serial, _, written = line.replace(",", ";").partition(";")
        secret = _secret("".join(written.split()))
        if not serial.strip() or len(secret) < _SHORTEST_SECRET:
            raise Refusal("helpdesk.key-line", line=number)
        found.append((serial.strip(), secret))
    return found


def _secret(written: str) -> bytes:
    """Its octets; none when it is neither hexadecimal nor base32 (RFC 4648)."""
    try:
        return bytes.fromhex(written)
    except ValueError:
        pass
    try:
        return base64.b32decode(written.upper() + "=" * (-len(written) % 8))
    except binascii.Error:
        return b""
