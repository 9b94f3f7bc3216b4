"""Names of labels ↔ IMAP keywords, encoded as other mail clients do."""

import base64
import binascii
import re
import unicodedata
from itertools import groupby

MAX_KEYWORD_CHARACTERS = 50  # Dovecot's mail_max_keyword_length
_NO_ATOM = frozenset('(){%*"\\]') | frozenset(map(chr, range(33))) | {"\x7f"}
_CODED = re.compile(r"&([A-Za-z0-9+,]*)-")


def keyword(label: str) -> str:
    """The IMAP keyword of a label, an atom (RFC 9051 §9).

    Lower case, a low line for a space, other letters in modified UTF-7 (RFC 3501 §5.1.3).
    """
    plain = "_".join(unicodedata.normalize("NFC", label).lower().split())
    parts: list[str] = []
    for is_ascii, run in groupby(plain, lambda char: char.isascii()):
        text = "".join(run)
        if is_ascii:
            parts.append("".join(char for char in text if char not in _NO_ATOM).replace("&", "&-"))
        else:
            coded = base64.b64encode(text.encode("utf-16-be")).decode().rstrip("=").replace("/", ",")
            parts.append(f"&{coded}-")
    return "".join(parts)


def name_of(keyword: str) -> str:
    """The name of a keyword: the inverse of `keyword`; another program's keyword as it stands."""
    return _CODED.sub(_decoded, keyword).replace("_", " ").strip()


def _decoded(match: re.Match[str]) -> str:
    if not match[1]:
        return "&"
    encoded = match[1].replace(",", "/")
    try:
        return base64.b64decode(encoded + "=" * (-len(encoded) % 4)).decode("utf-16-be")
    except (binascii.Error, ValueError):
        return match[0]
