"""References and follow-up secrets, as somebody may read them on the phone."""

import hashlib
import re
from random import Random

_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that is taken for something else
_NOISE = re.compile(r"[\s.\-–—]+")


def drawn_reference(year: int, draw: Random) -> str:
    """`N26-7K3QX9`: not a secret."""
    return f"N{year % 100:02d}-" + "".join(draw.choices(_LETTERS, k=6))


def drawn_secret(draw: Random) -> str:
    """Fifteen characters, some 73 bits: `K7QX-9RTM2-…`, in groups of five."""
    text = "".join(draw.choices(_LETTERS, k=15))
    return "-".join(text[at : at + 5] for at in range(0, 15, 5))


def normal(typed: str) -> str:
    """However it was typed: case, spaces and hyphens do not count."""
    return _NOISE.sub("", typed).upper()


def mailbox_of(address: str) -> str:
    """The mailbox behind an address, to count: case, dots and what follows `+` change nothing for most."""
    local, _, domain = address.casefold().rpartition("@")
    return f"{local.partition('+')[0].replace('.', '')}@{domain}"


def digest(secret: str) -> str:
    return hashlib.sha256(normal(secret).encode()).hexdigest()
