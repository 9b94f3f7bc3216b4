"""The ways to write a name, of which `fold` keeps the same letters."""

import re

from vaguemestre.people.directory.rules.names import APOSTROPHES, fold

_BETWEEN = rf"[{APOSTROPHES}\s.-]*"  # what may stand between two letters of a name
_LATIN = (*range(0x41, 0x5B), *range(0x61, 0x7B), *range(0xC0, 0x180), *range(0x1E00, 0x1F00))


def _characters_by_letters() -> dict[str, str]:
    """Folded letter, or pair of letters → the characters that fold to it: « oe » → « Œœ »."""
    alike = dict[str, str]()
    for char in map(chr, _LATIN):
        if letters := fold(char):
            alike[letters] = alike.get(letters, "") + char
    return alike


_ALIKE = _characters_by_letters()
_PARTS = re.compile("|".join([*(letters for letters in _ALIKE if len(letters) > 1), "."]))


def spellings(word: str) -> str:
    """A regular expression of the ways to write a word; "" of one without a letter.

    For names of which no folded form is kept: « oeuvrard » finds Œuvrard, « elkhatib » El-Khatib.
    """
    return _BETWEEN.join(map(_spelling, _PARTS.findall(fold(word).replace("-", ""))))


def _spelling(letters: str) -> str:
    """The regular expression of a letter, of a digit, or of a pair that one character may write."""
    apart = _BETWEEN.join(f"[{_ALIKE[letter]}]" if letter in _ALIKE else letter for letter in letters)
    return f"(?:[{_ALIKE[letters]}]|{apart})" if len(letters) > 1 else apart
