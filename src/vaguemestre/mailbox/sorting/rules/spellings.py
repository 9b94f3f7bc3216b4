"""Words of a condition as messages may have them: what Sieve compares folds ASCII letters only."""

import re

from vaguemestre.foundation.kernel.texts import accented_forms
from vaguemestre.mailbox.sorting.values import Aspect, Condition, Relation

_NAMED = frozenset({Aspect.SENDER, Aspect.RECIPIENT})
_NAME = re.compile(r"(?=.{2,25}$)[^\W\d_]+(?:[ ’'-][^\W\d_]+)*")  # a script has a size


def searched_words(condition: Condition) -> tuple[str, ...]:
    """Words to search for, those typed first.

    A name in senders or recipients is typed without its accents, and found (docs/adr/0057).
    """
    words = spellings(condition.text)
    is_name = condition.aspect in _NAMED and condition.relation is not Relation.IS
    if not is_name or not _NAME.fullmatch(condition.text):
        return words
    unique = {fold_ascii(text): text for text in words[:1]}
    for form in (*words, *accented_forms(condition.text)):
        for text in spellings(form):
            unique.setdefault(fold_ascii(text), text)
    return tuple(unique.values())


def spellings(words: str) -> tuple[str, ...]:
    """Variants to search for, `words` first.

    Case: the comparator i;ascii-casemap (RFC 4790) folds ASCII letters only. Apostrophe: keyboards type one,
    programs that correct write the other.
    """
    typed = (words, words.replace("'", "’"), words.replace("’", "'"))
    return tuple(dict.fromkeys(spelling for text in typed for spelling in _case_variants(text)))


def _case_variants(text: str) -> tuple[str, ...]:
    return (text,) if text.isascii() else (text, text.lower(), text.upper(), text.capitalize(), text.title())


def fold_ascii(text: str) -> str:
    """The text with its ASCII letters in lower case (comparator i;ascii-casemap)."""
    return "".join(char.lower() if char.isascii() else char for char in text)
