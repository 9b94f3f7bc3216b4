"""Words compared as people compare them."""

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")


def bare(text: str) -> str:
    """Lower case, without accents: `Élodie N’Diaye` is `elodie n’diaye`."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def spoken(text: str) -> str:
    """The words alone, bare, one blank apart: `« L’Élève », dit-il` is `l eleve dit il`."""
    return " ".join(_WORD.findall(bare(text)))


def says(text: str, phrase: str) -> bool:
    """Whether the words of a phrase stand one after the other in a text; both `spoken`."""
    return f" {phrase} " in f" {text} "


def inflected(number: int, singular: str, plural: str = "") -> str:
    """The form that agrees with a number in French, where the plural begins at two.

    `plural`: where it is not the singular with an s.
    """
    return singular if number < 2 else plural or f"{singular}s"


def counted(number: int, singular: str, plural: str = "") -> str:
    """A number and its noun: `0 arrivée`, `1 arrivée`, `2 arrivées`."""
    return f"{number} {inflected(number, singular, plural)}"
