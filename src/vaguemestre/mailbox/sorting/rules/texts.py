"""Characters allowed in a reply."""

import unicodedata

_NEVER = frozenset({"Cc", "Cs", "Zl", "Zp"})  # controls, lone surrogates, the Unicode ends of line


def is_clean(text: str, *, besides: str = "") -> bool:
    """Whether the text holds no control or line-ending character other than those of `besides`."""
    return all(char in besides or unicodedata.category(char) not in _NEVER for char in text)


def clean_text(text: str, *, besides: str = "") -> str:
    """The text without the characters `is_clean` refuses; every kind of line ending becomes LF."""
    plain = text.replace("\r\n", "\n")
    for end in ("\r", "\x85", "\u2028", "\u2029", "\v", "\f"):
        plain = plain.replace(end, "\n")
    return "".join(char for char in plain if is_clean(char, besides=besides))
