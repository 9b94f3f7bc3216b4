"""What a paragraph of an académie may be: plain text, short enough for a letter to stay on its sheet."""

import unicodedata

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.paragraphs.values import LetterKind

_PRINTED_CHARACTERS = 300  # four lines of a letter: its slip begins where the fifth would stand
_MAILED_CHARACTERS = 800


def most_characters(kind: LetterKind) -> int:
    return _PRINTED_CHARACTERS if kind.is_printed else _MAILED_CHARACTERS


def clean_paragraph(kind: LetterKind, typed: str) -> str:
    """One line of visible characters: line breaks and runs of blanks become one space.

    Raises Refusal `paragraphs.empty`, `paragraphs.too-long`.
    """
    visible = "".join(char if _is_visible(char) else " " for char in unicodedata.normalize("NFC", typed))
    text = " ".join(visible.split())
    if not text:
        raise Refusal("paragraphs.empty")
    if len(text) > most_characters(kind):
        raise Refusal("paragraphs.too-long", most=most_characters(kind), length=len(text))
    return text


def _is_visible(char: str) -> bool:
    """Whether a character is printable: no control, no direction mark, no private use."""
    return not unicodedata.category(char).startswith("C")
