"""Where the front asks for a remote picture: the reader and the address, as one path."""

import base64
import binascii
from typing import NamedTuple

PREFIX = "/.front/picture/"
MAX_ADDRESS = 8_000  # characters; it travels in a header


class Wanted(NamedTuple):
    """A picture to fetch. `reader` names the account, for whom no more than a share is fetched at once."""

    reader: str
    address: str


def picture_place(reader: int, address: str) -> str:
    """The path, of plain letters only."""
    encoded = base64.urlsafe_b64encode(address.encode("utf-8", "replace")).rstrip(b"=").decode()
    return f"{PREFIX}{reader}/{encoded}"


def read_place(path: str) -> Wanted | None:
    """What a path of ours asks for, or None for any other."""
    reader, _, encoded = path.removeprefix(PREFIX).partition("/")
    padded = (encoded + "=" * (-len(encoded) % 4)).encode("ascii", "replace")
    try:
        address = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    return Wanted(reader, address) if address else None
