"""References and tracking secrets, legible over the phone."""

import hashlib
import re
from random import Random

_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no ambiguous characters
_NOISE = re.compile(r"[\s.\-–—]+")


def random_reference(year: int, draw: Random) -> str:
    """`N26-7K3QX9`: not a secret."""
    return f"N{year % 100:02d}-" + "".join(draw.choices(_LETTERS, k=6))


def random_secret(draw: Random) -> str:
    """Fifteen characters, some 73 bits: `K7QX-9RTM2-…`, in groups of five."""
    text = "".join(draw.choices(_LETTERS, k=15))
    return "-".join(text[at : at + 5] for at in range(0, 15, 5))


def derived_secret(digest: str) -> str:
    """A secret of the same form from a keyed digest (hexadecimal, 64 digits)."""
    number, letters = int(digest, 16), []
    for _ in range(15):
        number, rest = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[rest])
    text = "".join(letters)
    return "-".join(text[at : at + 5] for at in range(0, 15, 5))


def normalise(typed: str) -> str:
    """The typed text without case, spaces and hyphens."""
    return _NOISE.sub("", typed).upper()


def canonical_mailbox(address: str) -> str:
    """The mailbox behind an address, for counting: without case, dots and `+` suffix."""
    local, _, domain = address.casefold().rpartition("@")
    return f"{local.partition('+')[0].replace('.', '')}@{domain}"


def digest(secret: str) -> str:
    return hashlib.sha256(normalise(secret).encode()).hexdigest()
