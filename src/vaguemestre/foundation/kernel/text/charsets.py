"""Tolerant decoding of labelled bytes: no label makes it fail, and none is trusted blindly.

Names are those of RFC 2978's registry, plus the misspellings of real mail. Unknown charsets are decoded as
windows-1252, the most frequent truth behind a wrong label in Western Europe.
"""

import re
from functools import lru_cache

FALLBACK = "cp1252"

# Python's names only: codecs that are not charsets (zlib, punycode, unicode_escape…) stay out of reach.
_KNOWN = re.compile(
    r"utf_?8|utf_?7|utf_?16(_?[lb]e)?|utf_?32(_?[lb]e)?|(us_)?ascii|latin_?1|iso_?8859_?\d{1,2}|"
    r"(windows_?|cp_?)\d{3,4}|koi8_[rut]|mac_(roman|cyrillic|greek|latin2|turkish|iceland)|"
    r"gb2312|gbk|gb18030|hz|big5(_?hkscs)?|euc_?(jp|kr|jis_2004|jisx0213)|shift_?jis(_2004)?|iso_?2022_?(jp(_\d|_2004|_ext)?|kr)|"
    r"johab|tis_620|ptcp154|kz1048",
    re.ASCII,
)
_ALIASES = {
    "ansi": FALLBACK,
    "ansi_x3_4_1968": "ascii",
    "unicode": "utf_8",
    "unicode_1_1_utf_7": "utf_7",
    "utf": "utf_8",
    "utf8mb4": "utf_8",
    "utf_8_mac": "utf_8",
    "iso8859": "latin_1",
    "iso_8859": "latin_1",
    "iso_8859_8_i": "iso8859_8",
    "iso_8859_8_e": "iso8859_8",
    "iso_latin_1": "latin_1",
    "latin1": "latin_1",
    "l1": "latin_1",
    "latin9": "iso8859_15",
    "latin_9": "iso8859_15",
    "western": FALLBACK,
    "x_ansi": FALLBACK,
    "x_gbk": "gbk",
    "gb_2312_80": "gb2312",
    "x_sjis": "cp932",
    "sjis": "cp932",
    "ms_kanji": "cp932",
    "x_euc_jp": "euc_jp",
    "ks_c_5601_1987": "cp949",
    "ks_c_5601": "cp949",
    "ksc5601": "cp949",
    "x_mac_roman": "mac_roman",
    "macintosh": "mac_roman",
    "macroman": "mac_roman",
    "x_user_defined": FALLBACK,
    "x_unknown": FALLBACK,
    "unknown_8bit": FALLBACK,
    "8bit": FALLBACK,
    "7bit": FALLBACK,
    "default": FALLBACK,
    "default_charset": FALLBACK,
}
_NO_LABEL = frozenset(
    {"", "ascii", "us_ascii", "ansi_x3_4_1968", "unknown_8bit", "x_unknown", "8bit", "7bit"}
)
# What a latin-1 label means in practice (WHATWG Encoding, « labels »)
_WIDER = {"latin_1": FALLBACK, "latin1": FALLBACK, "iso8859_1": FALLBACK, "iso_8859_1": FALLBACK}


def text(content: bytes, label: str = "") -> str:
    """Decode `content` by its `label`, which may be empty or wrong. Never raises.

    Without a meaningful label: UTF-8 if it is valid, else windows-1252.
    """
    codec = _codec(label)
    if codec is None:
        try:
            return content.decode("utf-8")
        except UnicodeDecodeError:
            return content.decode(FALLBACK, "replace")
    try:
        return content.decode(codec, "replace")
    except (UnicodeError, LookupError, ValueError):
        return content.decode(FALLBACK, "replace")


def is_known(label: str) -> bool:
    """Whether the label names a charset we decode (an empty label does)."""
    name = _plain(label)
    return name in _NO_LABEL or name in _ALIASES or _KNOWN.fullmatch(name) is not None


@lru_cache(maxsize=256)
def _codec(label: str) -> str | None:
    name = _plain(label)
    if name in _NO_LABEL:
        return None
    name = _ALIASES.get(name, name)
    name = _WIDER.get(name, name)
    if _KNOWN.fullmatch(name) is None:
        return FALLBACK
    try:
        b"".decode(name)
    except (LookupError, UnicodeError):
        return FALLBACK
    return name


def _plain(label: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", label[:40].lower()).strip("_")
