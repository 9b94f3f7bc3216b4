"""Comparison of words without case and accents; French plurals and spaces."""

import re
import unicodedata
from itertools import product
from operator import itemgetter

_WORD = re.compile(r"[^\W_]+")
_PUNCTUATION_SPACE = re.compile(r"(?<=«) | (?=[:»](?![\w/]))|( )(?=[;?!](?![\w/]))")
_LIGATURE = re.compile("(oe|ae|œ|æ)", re.IGNORECASE)
_JOINED = {"oe": "œ", "ae": "æ"}
_MAX_LIGATURES = 3  # each doubles the spellings
# Letters with accents in the names of people, and how rare each is
_ACCENTED = {
    "a": {"â": 3, "à": 3, "á": 3, "ä": 3},
    "c": {"ç": 1},
    "e": {"é": 1, "è": 2, "ê": 2, "ë": 2},
    "i": {"ï": 2, "î": 2, "í": 3},
    "n": {"ñ": 3},
    "o": {"ô": 2, "ö": 3, "ó": 3},
    "u": {"ü": 3, "û": 3, "ú": 3},
}
_MAX_RARITY = 4  # « Désirée », « Jérôme », « Héloïse »: three
MAX_ACCENTED_FORMS = 40


def without_accents(text: str) -> str:
    """Lower case, without accents: `Élodie N’Diaye` is `elodie n’diaye`."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def words_only(text: str) -> str:
    """Words of a text, without accents, ligatures or case, one blank apart: `« L’Œuvre »` is `l oeuvre`."""
    return " ".join(_WORD.findall(without_ligatures(without_accents(text))))


def without_ligatures(text: str) -> str:
    """A text in lower case with `oe` for `œ` and `ae` for `æ`."""
    return text.replace("œ", "oe").replace("æ", "ae")


def spellings(text: str) -> tuple[str, ...]:
    """The text as typed, then with each `œ` and `æ` in one letter or two: no French keyboard has them."""
    pieces = _LIGATURE.split(text)  # every other one is a ligature
    forms = [
        _forms(piece) if number % 2 and number < 2 * _MAX_LIGATURES else (piece,)
        for number, piece in enumerate(pieces)
    ]
    return tuple(dict.fromkeys((text, *map("".join, product(*forms)))))


def _forms(letters: str) -> tuple[str, ...]:
    apart = without_ligatures(letters.lower())
    return apart, _JOINED[apart]


def accented_forms(word: str) -> tuple[str, ...]:
    """A word of letters as typed, without its accents, and as a name may be accented, the likeliest first.

    For what compares letters as they are: `remi` is also `rémi`. At most `MAX_ACCENTED_FORMS`, in lower case.
    """
    plain = without_accents(word)
    forms = [(0, "")]
    for letter in plain:
        choices = ((0, letter), *((rarity, other) for other, rarity in _ACCENTED.get(letter, {}).items()))
        forms = [
            (rarity + more, form + other)
            for rarity, form in forms
            for more, other in choices
            if rarity + more <= _MAX_RARITY
        ]
        forms = sorted(forms, key=itemgetter(0))[: 4 * MAX_ACCENTED_FORMS]
    return tuple(dict.fromkeys((word.lower(), *(form for _, form in forms))))[:MAX_ACCENTED_FORMS]


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
