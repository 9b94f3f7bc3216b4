"""Which words are searched for."""

from vaguemestre.people.directory.rules.names import fold

MAX_CHARACTERS = 120
_MIN_CHARACTERS = 2


def is_searchable(words: str) -> bool:
    """Whether the words have letters enough: one alone would find half of the académie."""
    return len(fold(words).replace("-", "")) >= _MIN_CHARACTERS
