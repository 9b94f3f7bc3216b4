"""Telephone numbers, as people write them."""

import re

_SIGNS = "[ .()-]*"  # between digits
_TYPED = re.compile(r"\+?[0-9(][0-9 .()-]*")
_FRENCH_PREFIX = re.compile(r"(?:\+33|0033)0?|0")
_MIN_DIGITS, _MAX_DIGITS = 6, 15


def phone_pattern(typed: str) -> str:
    """Regular expression of the written numbers that begin as the typed one; "" if it is no number.

    Spaces, dots, dashes and parentheses do not count; 03, +33 3, +33 (0)3 and 0033 3 are the same. Understood
    by `re` and by PostgreSQL. A number typed without its prefix may stand anywhere in the written one.
    """
    plain = " ".join(typed.split())
    digits = re.sub("[^0-9]", "", plain)
    if not _TYPED.fullmatch(plain) or not _MIN_DIGITS <= len(digits) <= _MAX_DIGITS:
        return ""
    number = f"+{digits}" if plain.startswith("+") else digits
    if prefix := _FRENCH_PREFIX.match(number):
        start = rf"^(?:(?:\+|00)33{_SIGNS}0?|0){_SIGNS}"
        return start + _SIGNS.join(number[prefix.end() :])
    start = r"^\+" if plain.startswith("+") else ""
    return start + _SIGNS.join(digits)
