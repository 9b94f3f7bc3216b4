"""Actions of the journal found by what somebody typed."""

import re

from vaguemestre.desks.backoffice.rules.action_labels import ACTION_LABELS
from vaguemestre.foundation.kernel.texts import without_accents


def matching_actions(typed: str) -> tuple[str, ...]:
    """The actions whose code starts with the typed text, or else whose label matches each word's prefix."""
    by_code = tuple(code for code in ACTION_LABELS if code.startswith(typed.strip().lower()))
    typed_words = _words(typed)
    return by_code or tuple(
        code
        for code, label in ACTION_LABELS.items()
        if typed_words
        and all(any(word.startswith(prefix) for word in _words(label)) for prefix in typed_words)
    )


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", without_accents(text))
