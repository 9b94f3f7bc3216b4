"""The letters and messages that take a paragraph of the académie."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class LetterKind(StrEnum):
    NUMEN_LETTER = "lettre-numen"
    ACTIVATION_LETTER = "lettre-activation"
    WELCOME = "bienvenue"
    NUMEN_REQUEST = "demande-numen"
    CLOSING = "fermeture"

    @property
    def is_printed(self) -> bool:
        return self in (LetterKind.NUMEN_LETTER, LetterKind.ACTIVATION_LETTER)


@dataclass(frozen=True, slots=True)
class OwnParagraph:
    """A paragraph of an académie. `text` is not empty."""

    kind: LetterKind
    text: str
    changed_at: datetime
