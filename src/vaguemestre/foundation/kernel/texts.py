"""Comparison of words without case and accents; French plurals and spaces."""

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")
_PUNCTUATION_SPACE = re.compile(r"(?<=«) | (?=[:»](?![\w/]))|( )(?=[;?!](?![\w/]))")


def without_accents(text: str) -> str:
    """Lower case, without accents: `Élodie N’Diaye` is `elodie n’diaye`."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def words_only(text: str) -> str:
    """The words, without accents or case, one blank apart: `« L’Élève », dit-il` is `l eleve dit il`."""
    return " ".join(_WORD.findall(without_accents(text)))


def contains_phrase(text: str, phrase: str) -> bool:
    """Whether a text holds the words of a phrase in a row; both as `words_only` returns them."""
    return f" {phrase} " in f" {text} "


def inflected(number: int, singular: str, plural: str = "") -> str:
    """The form that agrees with a number in French, where the plural begins at two.

    `plural`: if it is not the singular with an s.
    """
    return singular if number < 2 else plural or f"{singular}s"


def counted(number: int, singular: str, plural: str = "") -> str:
    """A number and its noun: `0 arrivée`, `1 arrivée`, `2 arrivées`."""
    return f"{number} {inflected(number, singular, plural)}"


def with_no_break_spaces(text: str) -> str:
    """The text, whose high punctuation never begins a line; spaces before « ; », « ? », « ! » are narrow."""
    return _PUNCTUATION_SPACE.sub(lambda match: "\u202f" if match[1] else "\u00a0", text)
