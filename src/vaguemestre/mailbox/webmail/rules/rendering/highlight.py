"""Words looked for, marked in the text of a message: on clean HTML, which is cleaned again after."""

import re
from collections.abc import Sequence
from unicodedata import combining, normalize

OPENING, CLOSING = "<mark>", "</mark>"
_MOST = 500  # marks in one text
_SHORTEST = 2
_TOKEN = re.compile(r"<(?:[^>\"]|\"[^\"]*\")*>|&#?[0-9A-Za-z]{1,32};|[^<&]+|[<&]")


def marked(html: str, words: Sequence[str]) -> str | None:
    """The same HTML, those words marked wherever they stand in its text; None when none does.

    Accents and capitals make no difference. A word cut in two by a tag or an entity is not seen.
    """
    plain = {_plain(word) for word in words}
    looked_for = sorted((word for word in plain if len(word) >= _SHORTEST), key=len, reverse=True)
    if not looked_for:
        return None
    pattern = re.compile("|".join(re.escape(word) for word in looked_for))
    pieces: list[str] = []
    count = 0
    for token in _TOKEN.findall(html):
        if token[0] in "<&" or count >= _MOST:
            pieces.append(token)
            continue
        end = 0
        for found in pattern.finditer(_plain(token)):
            pieces += [token[end : found.start()], OPENING, token[found.start() : found.end()], CLOSING]
            end = found.end()
            count += 1
        pieces.append(token[end:])
    return "".join(pieces) if count else None


def _plain(text: str) -> str:
    """Letter for letter without accents nor capitals, so that places stay true."""
    if text.isascii():
        return text.lower()
    return "".join(_letter(char) for char in text)


def _letter(char: str) -> str:
    bare = "".join(one for one in normalize("NFD", char) if not combining(one)).lower()
    return bare if len(bare) == 1 else char
