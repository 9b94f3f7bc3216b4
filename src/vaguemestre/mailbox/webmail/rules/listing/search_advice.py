"""What to try after a search that found nothing: unknown criteria, words nearly right, one word less."""

import re
from collections.abc import Callable, Collection, Iterator
from datetime import date
from difflib import get_close_matches
from typing import NamedTuple

from vaguemestre.foundation.kernel.texts import without_accents
from vaguemestre.mailbox.webmail.rules.listing.search_chips import Chip
from vaguemestre.mailbox.webmail.rules.listing.search_query import Token, clause_of, tokens
from vaguemestre.post.mailstore.values import Row, Where

MIN_WORD_LENGTH = 4
_LIKENESS = 0.8  # of difflib: one letter of five, two of ten
_CRITERION = re.compile(r"[^\W\d_]{1,12}:(?!//)")
_WORD = re.compile(rf"[^\W\d_]{{{MIN_WORD_LENGTH},40}}")
_SPELLED = frozenset((None, Where.FROM, Where.TO, Where.SUBJECT))


class Advice(NamedTuple):
    """`unknown`: criteria as typed that were searched as words; `nearest`: the search, better spelled.

    `without`: the search without each of its items.
    """

    unknown: tuple[str, ...] = ()
    nearest: Chip | None = None
    without: tuple[Chip, ...] = ()


def advice_on(text: str, words: Collection[str], today: date, keyword: Callable[[str], str]) -> Advice:
    """Advice on a search without results. `words`: those of recent messages; `keyword`: that of a label."""
    items = tuple(tokens(text))
    wheres = tuple(_where(item, today, keyword) for item in items)
    unknown = tuple(
        item.typed
        for item, where in zip(items, wheres, strict=True)
        if where is None and _CRITERION.match(text[item.start :].lstrip("-"))
    )
    without = tuple(Chip(_typed(text, item), _without(text, item)) for item in items)
    return Advice(unknown, _nearest(text, items, wheres, words), without if len(items) > 1 else ())


def words_of(rows: Collection[Row]) -> frozenset[str]:
    """Words of the subjects and of the senders' names, in lower case."""
    return frozenset(
        word.lower()
        for row in rows
        for word in _WORD.findall(f"{row.summary.subject} {row.summary.sender.name}")
    )


def _where(item: Token, today: date, keyword: Callable[[str], str]) -> Where | None:
    clause = clause_of(item.operator, item.value, today, keyword) if item.operator else None
    return clause.where if clause else None


def _nearest(
    text: str, items: tuple[Token, ...], wheres: tuple[Where | None, ...], words: Collection[str]
) -> Chip | None:
    spelled = {without_accents(word): word for word in sorted(words)}
    better = text
    for item, where in reversed(tuple(zip(items, wheres, strict=True))):
        if where not in _SPELLED:
            continue
        piece = text[item.start : item.end]
        for word in _WORD.findall(item.value):
            piece = piece.replace(word, next(_spellings(word, spelled), word))
        better = better[: item.start] + piece + better[item.end :]
    return Chip(better, better) if better != text else None


def _spellings(word: str, spelled: dict[str, str]) -> Iterator[str]:
    """The nearest of the words, if there is one and the word itself is not among them."""
    plain = without_accents(word)
    if plain not in spelled:
        yield from (spelled[near] for near in get_close_matches(plain, spelled, n=1, cutoff=_LIKENESS))


def _typed(text: str, item: Token) -> str:
    return text[item.start : item.end].strip()


def _without(text: str, item: Token) -> str:
    return " ".join((text[: item.start] + text[item.end :]).split())
