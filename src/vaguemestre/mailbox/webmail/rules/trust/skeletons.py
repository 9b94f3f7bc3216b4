"""Skeletons of names: the plain letters that disguised ones look like."""

import re
import unicodedata
from collections.abc import Iterator
from string import ascii_uppercase

from vaguemestre.mailbox.webmail.rules.trust.confusables import ASCII_OF

# Besides letters of other scripts: digits, barred letters, and capitals that are signs, which NFKC leaves.
_SIGNS = (
    "LATIN LETTER SMALL CAPITAL",
    "NEGATIVE CIRCLED LATIN CAPITAL LETTER",
    "NEGATIVE SQUARED LATIN CAPITAL LETTER",
    "REGIONAL INDICATOR SYMBOL LETTER",
)
_PLAIN = {"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "$": "s"}
_ALIKE = (
    ASCII_OF
    | str.maketrans(_PLAIN | {"|": "l"})
    | {
        ord(unicodedata.lookup(f"{kind} {letter}")): letter.lower()
        for kind in _SIGNS
        for letter in ascii_uppercase
        if (kind, letter) != (_SIGNS[0], "X")  # there is none
    }
)
_UNSEEN = frozenset(("Mn", "Mc", "Me", "Cf"))  # categories of accents and invisible characters
_STROKES = re.compile(r"(?<=[^\W_])[!¡|]+(?=[^\W_])")
_SIGN = r"[^\W_]|[!¡|$\U0001F150-\U0001F189\U0001F1E6-\U0001F1FF]"  # a letter, or what is drawn as one
_LEAST_APART = 4  # « A. B. C. Martin » has initials
_APART = re.compile(
    rf"(?<![^\W_])(?:{_SIGN})(?P<gap>(?:(?!{_SIGN}).){{1,3}})(?:{_SIGN})"
    rf"(?:(?P=gap)(?:{_SIGN})){{{_LEAST_APART - 2},}}(?![^\W_])"
)


def skeleton(text: str) -> str:
    """The text in the lower-case ASCII letters it looks like (as the skeleton of UTS #39)."""
    spelt = unicodedata.normalize("NFKC", text).lower().translate(_ALIKE)
    spelt = unicodedata.normalize("NFKD", spelt).translate(_ALIKE)
    return "".join(char for char in spelt if unicodedata.category(char) not in _UNSEEN)


def same_strokes(text: str) -> str:
    """A skeleton with one letter for the strokes « i » and « l », which « ! », « 1 » and « | » may draw."""
    return text.replace("i", "l")


def strokes_as_letters(text: str) -> str:
    """The text with the strokes between its letters as letters: « Ph!l|ppe »."""
    return _STROKES.sub(lambda match: "l" * len(match[0]), text)


def letters_apart(text: str) -> Iterator[str]:
    """The words whose letters stand apart, four at least, with the same sign between them: joined."""
    for match in _APART.finditer(text):
        yield match[0].replace(match["gap"], "")


def joined_letters(text: str) -> str:
    """The text with the words of `letters_apart` joined: « V.a.s.s.e.u.r »."""
    return _APART.sub(lambda match: match[0].replace(match["gap"], ""), text)
