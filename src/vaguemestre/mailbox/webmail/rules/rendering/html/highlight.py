"""Highlighting of searched words in a message: on sanitized HTML, to be sanitized again."""

import re
from collections.abc import Sequence
from unicodedata import combining, normalize

from vaguemestre.foundation.kernel.texts import spellings

OPENING, CLOSING = "<mark>", "</mark>"
_MAX_MARKS = 500  # in one text
_MIN_LETTERS = 2
_TOKEN = re.compile(r"<(?:[^>\"]|\"[^\"]*\")*>|&#?[0-9A-Za-z]{1,32};|[^<&]+|[<&]")


def highlight_words(html: str, words: Sequence[str]) -> str | None:
    """Highlight words in HTML; None when it holds none.

    Accents and case are ignored. A word split by a tag or an entity is not found.
    """
    plain = {_plain(spelling) for word in words for spelling in spellings(word)}
    looked_for = sorted((word for word in plain if len(word) >= _MIN_LETTERS), key=len, reverse=True)
    if not looked_for:
        return None
    pattern = re.compile("|".join(re.escape(word) for word in looked_for))
    pieces: list[str] = []
    count = 0
    for token in _TOKEN.findall(html):
        if token[0] in "<&" or count >= _MAX_MARKS:
            pieces.append(token)
            continue
        end = 0
        for match in pattern.finditer(_plain(token)):
            pieces += [token[end : match.start()], OPENING, token[match.start() : match.end()], CLOSING]
            end = match.end()
            count += 1
        pieces.append(token[end:])
    return "".join(pieces) if count else None


def _plain(text: str) -> str:
    """Lower case without accents, letter for letter, so that positions are preserved."""
    if text.isascii():
        return text.lower()
    return "".join(_letter(char) for char in text)


def _letter(char: str) -> str:
    bare = "".join(part for part in normalize("NFD", char) if not combining(part)).lower()
    return bare if len(bare) == 1 else char
