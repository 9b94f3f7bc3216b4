"""A mail address as a value (RFC 5321 §4.1.2, RFC 6531 for domains): parse, normalise, compare."""

import re
from dataclasses import dataclass

from vaguemestre.kernel.errors import Refusal

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+", re.ASCII)
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?", re.ASCII)


@dataclass(frozen=True, order=True)
class Address:
    """`local@domain`, compared without case; both parts kept in lower case."""

    local: str
    domain: str

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"


def parse_address(text: str) -> Address:
    """Read one bare address. Raises Refusal `kernel.address-malformed`."""
    local, at, domain = text.strip().rpartition("@")
    ascii_domain = _ascii(domain)
    dots_right = not local.startswith(".") and not local.endswith(".") and ".." not in local
    labels_right = all(_LABEL.fullmatch(label) and len(label) <= 63 for label in ascii_domain.split("."))
    if not (at and _LOCAL.fullmatch(local) and dots_right and labels_right and "." in ascii_domain):
        raise Refusal("kernel.address-malformed", address=text.strip()[:254])
    if len(local) > 64 or len(ascii_domain) > 253:
        raise Refusal("kernel.address-malformed", address=text.strip()[:254])
    return Address(local.lower(), ascii_domain.lower())


def _ascii(domain: str) -> str:
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
