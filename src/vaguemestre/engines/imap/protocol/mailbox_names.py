"""Folder names on the wire: modified UTF-7 (RFC 3501 §5.1.3), which every server reads."""

import base64
import binascii
import re

_OUTSIDE = re.compile(r"[^\x20-\x7e]+|&")
_SHIFTED = re.compile(r"&([A-Za-z0-9+,]*)-")
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def is_possible(name: str) -> bool:
    """Whether a folder may have that name: not empty, no control character, at most 1,000 characters."""
    return 0 < len(name) <= 1000 and _FORBIDDEN.search(name) is None


def to_wire(name: str) -> str:
    return _OUTSIDE.sub(_shift, name)


def from_wire(name: str) -> str:
    """The Unicode name; malformed sequences stay as they are."""
    return _SHIFTED.sub(_unshift, name) if "&" in name else name


def _shift(match: re.Match[str]) -> str:
    if match[0] == "&":
        return "&-"
    encoded = base64.b64encode(match[0].encode("utf-16-be")).rstrip(b"=").replace(b"/", b",")
    return f"&{encoded.decode('ascii')}-"


def _unshift(match: re.Match[str]) -> str:
    if not match[1]:
        return "&"
    padded = match[1].replace(",", "/") + "=" * (-len(match[1]) % 4)
    try:
        return base64.b64decode(padded).decode("utf-16-be")
    except (binascii.Error, UnicodeDecodeError):
        return match[0]
