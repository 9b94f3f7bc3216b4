"""Internal path by which the front requests a remote picture: the reader and the address."""

import base64
import binascii
from typing import NamedTuple

PREFIX = "/.front/picture/"
MAX_ADDRESS = 8_000  # characters; it travels in a header


class PictureRequest(NamedTuple):
    """A picture to fetch. `reader`: the account, whose concurrent requests are limited."""

    reader: str
    address: str


def picture_path(reader: int, address: str) -> str:
    """The path for a picture, in ASCII letters only."""
    encoded = base64.urlsafe_b64encode(address.encode("utf-8", "replace")).rstrip(b"=").decode()
    return f"{PREFIX}{reader}/{encoded}"


def parse_path(path: str) -> PictureRequest | None:
    """Parse a path; None if it is not one of ours."""
    reader, _, encoded = path.removeprefix(PREFIX).partition("/")
    padded = (encoded + "=" * (-len(encoded) % 4)).encode("ascii", "replace")
    try:
        address = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    return PictureRequest(reader, address) if address else None
