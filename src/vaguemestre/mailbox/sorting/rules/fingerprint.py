"""Fingerprint of a list of addresses, to detect changes."""

import hashlib
from collections.abc import Iterable


def fingerprint(words: Iterable[str]) -> str:
    """SHA-256 in hexadecimal, independent of the order; "" for an empty list."""
    content = "\n".join(sorted(words))
    return hashlib.sha256(content.encode()).hexdigest() if content else ""
