"""Which characters may leave in a reply."""

import unicodedata

_NEVER = frozenset({"Cc", "Cs", "Zl", "Zp"})  # controls, lone surrogates, the Unicode ends of line


def is_clean(text: str, *, besides: str = "") -> bool:
    """Whether nothing in the text could end a header line or hide from its reader, `besides` excepted."""
    return all(char in besides or unicodedata.category(char) not in _NEVER for char in text)


def cleaned(text: str, *, besides: str = "") -> str:
    """The text as pasted, without what `is_clean` refuses; every sort of end of line becomes LF."""
    plain = text.replace("\r\n", "\n")
    for end in ("\r", "\x85", "\u2028", "\u2029", "\v", "\f"):
        plain = plain.replace(end, "\n")
    return "".join(char for char in plain if is_clean(char, besides=besides))
