"""Criteria of a search as chips: each says one, and leads to the search without it."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from vaguemestre.foundation.kernel.text.sizes import in_words
from vaguemestre.mailbox.webmail.rules.listing.search_query import Token, clause_of, tokens
from vaguemestre.post.mailstore.values import Clause, Where

_VALUED = {
    Where.FROM: "De",
    Where.TO: "À",
    Where.SUBJECT: "Objet",
    Where.LABEL: "Étiquette",
}
_STATES = {
    Where.ATTACHED: "Avec pièce jointe",
    Where.READ: "Lus",
    Where.UNREAD: "Non lus",
    Where.FLAGGED: "Avec une étoile",
    Where.ANSWERED: "Répondus",
}
_DAYS = {Where.SINCE: "À partir du", Where.BEFORE: "Avant le"}
_SIZES = {Where.LARGER: "Plus de", Where.SMALLER: "Moins de"}
_LATELY = timedelta(days=30)


class Chip(NamedTuple):
    """One criterion. `words`: in French; `query`: the search without it, or with it if it is only offered."""

    words: str
    query: str


def criteria(
    text: str, today: date, keyword: Callable[[str], str], place: Callable[[str], str]
) -> tuple[Chip, ...]:
    """Criteria of a search, in the order typed.

    `keyword`: gives the keyword of a label; `place`: the French name of a folder as typed.
    """
    return tuple(
        Chip(_words(token, clause, place), " ".join((text[: token.start] + text[token.end :]).split()))
        for token, clause in _clauses(text, today, keyword)
    )


def offers(text: str, today: date, keyword: Callable[[str], str]) -> tuple[Chip, ...]:
    """Frequent criteria that a search does not have yet."""
    known = {clause.where for _, clause in _clauses(text, today, keyword)}
    frequent = (
        ({Where.ATTACHED}, "Avec pièce jointe", "a:pièce"),
        ({Where.UNREAD, Where.READ}, "Non lus", "est:non-lu"),
        ({Where.SINCE, Where.BEFORE}, "Depuis 30 jours", f"après:{today - _LATELY:%d/%m/%Y}"),
    )
    return tuple(
        Chip(words, f"{piece} {text.strip()}") for used, words, piece in frequent if not used & known
    )


def _clauses(text: str, today: date, keyword: Callable[[str], str]) -> Iterator[tuple[Token, Clause]]:
    for token in tokens(text):
        clause = clause_of(token.operator, token.value, today, keyword) if token.operator else None
        if clause is not None:
            yield token, clause


def _words(token: Token, clause: Clause, place: Callable[[str], str]) -> str:
    if clause.where is Where.FOLDER:  # nothing is searched outside one, so nothing is negated
        return f"Dans : {place(token.value)}"
    return f"Sauf {_positive(token, clause)}" if token.is_not else _positive(token, clause)


def _positive(token: Token, clause: Clause) -> str:
    if clause.where in _DAYS:
        return f"{_DAYS[clause.where]} {date.fromisoformat(clause.value):%d/%m/%Y}"
    if clause.where in _SIZES:
        return f"{_SIZES[clause.where]} {in_words(int(clause.value))}"
    return _STATES.get(clause.where) or f"{_VALUED[clause.where]} : {token.value}"
