"""A mail address as a value (RFC 5321 §4.1.2, RFC 6531 for domains): parse, normalise, compare."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from email.utils import getaddresses

from vaguemestre.foundation.kernel.errors import Refusal

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+", re.ASCII)
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?", re.ASCII)

# In a display name: as written, or a dotted domain with blanks or other signs around « @ ».
_READ = re.compile(
    r"([\w.%+-]{1,64})@([\w.-]{1,253}(?:\s{1,9}\.\s{0,9}[\w-]+)*)"
    r"|([\w.%+-]{0,64})[^\w@]{0,9}@[^\w@]{0,9}([\w-]+(?:\s{0,9}\.\s{0,9}[\w-]+)+)"
)
_INVISIBLE = frozenset(("Mn", "Me", "Cf"))
_IDEOGRAPHIC_STOP = str.maketrans("。", ".")  # a dot of domains (RFC 3490 §3.1) that NFKC leaves
_MAX_TEXT_CHARACTERS = 500  # characters; an address has 320 at most

LIST_PREFIX = "liste"


@dataclass(frozen=True, order=True)
class Address:
    """`local@domain`, compared without case; both parts kept in lower case."""

    local: str
    domain: str

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"


def parse_address(text: str) -> Address:
    """Parse one bare address. Raises Refusal `kernel.address-malformed`."""
    if len(text) > _MAX_TEXT_CHARACTERS:  # a domain of other alphabets takes the square of its length
        raise Refusal("kernel.address-malformed", address=text.strip()[:254])
    local, at, domain = text.strip().rpartition("@")
    ascii_domain = _ascii(domain)
    are_dots_valid = not local.startswith(".") and not local.endswith(".") and ".." not in local
    are_labels_valid = all(_LABEL.fullmatch(label) and len(label) <= 63 for label in ascii_domain.split("."))
    if not (at and _LOCAL.fullmatch(local) and are_dots_valid and are_labels_valid and "." in ascii_domain):
        raise Refusal("kernel.address-malformed", address=text.strip()[:254])
    if len(local) > 64 or len(ascii_domain) > 253:
        raise Refusal("kernel.address-malformed", address=text.strip()[:254])
    return Address(local.lower(), ascii_domain.lower())


def people_in(fields: Collection[str], *, is_strict: bool = True) -> list[tuple[str, str]]:
    """(name, address) of everybody in these header fields; nobody if comments go too deep to be read.

    `is_strict`: as the parameter of `email.utils.getaddresses`.
    """
    try:
        return getaddresses(list(fields), strict=is_strict)
    except RecursionError:
        return []


def first_address_in(field: str) -> str:
    """The first address of a header field; "" if there is none."""
    return next((address for _, address in people_in([field])), "")


def has_list_form(address: str) -> bool:
    """Whether the address, at a domain of ours, is kept for lists: `liste.…@` (docs/domain.md §2.3)."""
    local = address.rpartition("@")[0].replace("\\", "").strip('"')
    return local.lower().startswith(f"{LIST_PREFIX}.")


def addresses_read_in(text: str) -> list[str]:
    """Addresses, in lower case, that a reader may see in a display name; `@domain` without a local part.

    Compatibility characters count as plain ones, invisible ones are dropped, blanks do not hide a dotted
    domain: « marie.dupont @ ac-amiens . test ».
    """
    if text.isascii():
        drawn = text
    else:
        plain = unicodedata.normalize("NFKC", text).translate(_IDEOGRAPHIC_STOP)
        drawn = "".join(char for char in plain if unicodedata.category(char) not in _INVISIBLE)
    addresses = []
    for match in _READ.finditer(drawn) if "@" in drawn else ():
        local, domain = match[1] or match[3] or "", match[2] or match[4]
        addresses.append(f"{local}@{''.join(domain.split())}".lower().rstrip("."))
    return addresses


def _ascii(domain: str) -> str:
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
