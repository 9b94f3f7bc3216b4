"""A view of a folder as SEARCH and SORT arguments (RFC 9051, RFC 5256), and what only envelopes can tell."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from unicodedata import combining, normalize

from vaguemestre.engines.imap.protocol import envelopes, headers
from vaguemestre.engines.imap.protocol.arguments import Argument
from vaguemestre.engines.imap.protocol.line_stream import Line
from vaguemestre.foundation.kernel.texts import (
    MAX_ACCENTED_FORMS,
    accented_forms,
    spellings,
    without_ligatures,
)
from vaguemestre.post.mailstore.privacy import SENSITIVITIES
from vaguemestre.post.mailstore.values import Clause, Only, Order, View, Where

_KEYS = {
    (Order.DATE, False): b"(REVERSE ARRIVAL)",
    (Order.DATE, True): b"(ARRIVAL)",
    (Order.SENDER, False): b"(DISPLAYFROM REVERSE ARRIVAL)",
    (Order.SENDER, True): b"(REVERSE DISPLAYFROM REVERSE ARRIVAL)",
    (Order.SUBJECT, False): b"(SUBJECT REVERSE ARRIVAL)",
    (Order.SUBJECT, True): b"(REVERSE SUBJECT REVERSE ARRIVAL)",
    (Order.SIZE, False): b"(REVERSE SIZE REVERSE ARRIVAL)",
    (Order.SIZE, True): b"(SIZE REVERSE ARRIVAL)",
    (Order.RELEVANCE, False): b"(REVERSE ARRIVAL)",  # then by rank
    (Order.RELEVANCE, True): b"(ARRIVAL)",
}
# messages from before the server marked attachments are told by their outermost type
_ATTACHED: list[Argument] = [
    b"OR KEYWORD $HasAttachment (UNKEYWORD $HasNoAttachment HEADER Content-Type", "multipart/mixed", b")",
]  # fmt: skip
_NAME_WORDS = re.compile(r"[^\s-]+")  # an apostrophe stays in its word
_NAME = re.compile(r"(?=.{2,60}$)[^\W\d_]+(?:[ ’'-]+[^\W\d_]+)*")
_MAX_NAME_WORDS = 4
_MAX_FORMS = 120  # of all words of a search: each takes a while
_FLAG_FILTERS = frozenset({Only.UNREAD, Only.FLAGGED, Only.ATTACHED})
_ENVELOPE_FILTERS = frozenset({Only.COLLEAGUES, Only.TO_ME})


def search_criteria(view: View) -> list[Argument]:
    """The arguments of SEARCH, SORT and THREAD. What `needs_envelopes` is only approached."""
    arguments = _filter_criteria(view)
    most = _MAX_FORMS // max(1, len(view.terms))
    for term in view.terms:
        if words := headers.clean(term).strip():
            arguments += spelled(b"TEXT", words, most)
    for clause in view.clauses:
        if clause.is_not and clause.value in view.excluded_phrases:
            continue  # its words may stand apart: messages that have them are read
        if keys := _clause_criteria(clause):
            arguments += _without(clause) if clause.is_not else keys
    return arguments or [b"ALL"]


def _filter_criteria(view: View) -> list[Argument]:
    arguments: list[Argument] = []
    if Only.UNREAD in view.only:
        arguments.append(b"UNSEEN")
    if Only.FLAGGED in view.only:
        arguments.append(b"FLAGGED")
    if Only.ATTACHED in view.only:
        arguments += _ATTACHED
    if Only.COLLEAGUES in view.only:
        arguments += _any_of(b"FROM", sorted(f"@{domain}" for domain in view.domains))
    if Only.TO_ME in view.only:
        arguments += _any_of(b"TO", sorted(view.mine))
    return arguments


def relevance_searches(view: View) -> list[list[Argument]]:
    """SEARCH arguments by relevance, best first: all words in the subject, one of them, in the author.

    The index has no usable score of its own: it counts a word once, wherever it stands.
    """
    terms = [term for term in (headers.clean(term).strip() for term in view.terms) if term]
    if not terms:
        return []
    all_in_subject: list[Argument] = []
    for term in terms:
        all_in_subject += spelled(b"SUBJECT", term)
    in_subject = [spelling for term in terms for spelling in spellings(term)]
    author: list[Argument] = [b"OR"] * (len(terms) - 1)
    for term in terms:
        author += spelled(b"FROM", term)
    return [all_in_subject, _any_of(b"SUBJECT", in_subject), author]


def sort_by_relevance(
    uids: Sequence[int], better: Sequence[Collection[int]], *, is_reversed: bool
) -> list[int]:
    """Order the UIDs by the first set of `better` that holds them; stable."""

    def rank(uid: int) -> int:
        return next((place for place, uids_of_rank in enumerate(better) if uid in uids_of_rank), len(better))

    return sorted(uids, key=lambda uid: -rank(uid) if is_reversed else rank(uid))


def _without(clause: Clause) -> list[Argument]:
    """NOT of a clause. A name of several words is one NOT a word: Dovecot finds nothing otherwise."""
    words = _NAME_WORDS.findall(clause.value)
    if clause.where not in (Where.FROM, Where.TO) or not _is_name(clause.value):
        return [b"NOT", *_clause_criteria(clause)]
    arguments: list[Argument] = [b"OR"] * (len(words) - 1)
    for word in words:
        arguments += [b"NOT", *_clause_criteria(replace(clause, value=word))]
    return arguments


def _is_name(text: str) -> bool:
    return bool(_NAME.fullmatch(text)) and len(_NAME_WORDS.findall(text)) <= _MAX_NAME_WORDS


def _clause_criteria(clause: Clause) -> list[Argument]:
    """One search key, before which NOT may stand."""
    value = headers.clean(clause.value).strip()
    if clause.where in _KEYS_WITHOUT_VALUE:
        return _KEYS_WITHOUT_VALUE[clause.where]
    if not value:
        return []
    match clause.where:
        case Where.TEXT | Where.FROM | Where.SUBJECT:
            return spelled(_TEXT_KEYS[clause.where], value)
        case Where.TO:
            return [b"OR", *spelled(b"TO", value), *spelled(b"CC", value)]
        case Where.BEFORE | Where.SINCE:
            return [_date_key(clause.where, date.fromisoformat(value))]
        case Where.LARGER | Where.SMALLER if value.isdecimal():
            return [clause.where.name.encode("ascii") + b" " + value.encode("ascii")]
        case Where.LABEL if _KEYWORD.fullmatch(value):
            return [b"KEYWORD " + value.encode("ascii")]
        case _:
            return []


_TEXT_KEYS = {Where.TEXT: b"TEXT", Where.FROM: b"FROM", Where.SUBJECT: b"SUBJECT"}
_FLAG_KEYS = {
    Where.READ: b"SEEN",
    Where.UNREAD: b"UNSEEN",
    Where.FLAGGED: b"FLAGGED",
    Where.ANSWERED: b"ANSWERED",
}
_FLAG_CLAUSES = frozenset((*_FLAG_KEYS, Where.ATTACHED, Where.LABEL))
_KEYWORD = re.compile(r"[A-Za-z0-9$_.,&+-]{1,60}", re.ASCII)


def _date_key(where: Where, day: date) -> bytes:
    key = b"BEFORE" if where is Where.BEFORE else b"SINCE"
    return b"%b %d-%b-%04d" % (key, day.day, headers.MONTHS[day.month - 1].encode("ascii"), day.year)


def spelled(key: bytes, value: str, most: int = MAX_ACCENTED_FORMS) -> list[Argument]:
    """One search key for a value and its other spellings: the index folds accents, but no ligature.

    In the headers of addresses it folds no accent either (docs/adr/0057): those of a name are tried, at most
    `most` for each word.
    """
    forms = list(spellings(value))
    words = _NAME_WORDS.findall(value)
    if key == b"SUBJECT" or not _is_name(value):
        return _any_of(key, forms)
    if len(words) == 1:
        return _any_of(key, list(dict.fromkeys((*forms, *accented_forms(value)[:most]))))
    name: list[Argument] = []
    for word in words:
        name += _any_of(key, list(accented_forms(word)[:most]))
    return [b"OR", *_any_of(key, forms), b"(", *name, b")"]


def _any_of(key: bytes, values: list[str]) -> list[Argument]:
    arguments: list[Argument] = [b"OR"] * (len(values) - 1)
    for value in values:
        arguments += [key, value]
    return arguments


_KEYS_WITHOUT_VALUE: dict[Where, list[Argument]] = {
    **{where: [key] for where, key in _FLAG_KEYS.items()},
    Where.ATTACHED: [b"(", *_ATTACHED, b")"],
    Where.SENSITIVITY: _any_of(b"HEADER Sensitivity", list(SENSITIVITIES)),
}


def sort_keys(view: View) -> bytes:
    return _KEYS[view.order, view.is_reversed]


def depends_on_flags(view: View) -> bool:
    return bool(view.only & _FLAG_FILTERS) or any(clause.where in _FLAG_CLAUSES for clause in view.clauses)


def needs_envelopes(view: View) -> bool:
    """Whether SEARCH can only approach the view, so that envelopes must be read."""
    return bool(view.only & _ENVELOPE_FILTERS or _subject_phrases(view))


def matches_envelope(view: View, envelope: envelopes.Envelope) -> bool:
    """Whether an envelope passes the filters and subject phrases of the view."""
    to = envelope.to
    if Only.COLLEAGUES in view.only and envelope.sender.rpartition("@")[2] not in view.domains:
        return False
    if Only.TO_ME in view.only and not (len(to) == 1 and to[0] in view.mine):
        return False
    subject = _normalized(envelope.subject)
    return all(re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", subject) for phrase in _subject_phrases(view))


def matching_uids(lines: list[Line], view: View) -> set[int]:
    """UIDs of the FETCH (UID ENVELOPE) answers that pass `matches_envelope`."""
    return {envelope.uid for envelope in envelopes.envelopes(lines) if matches_envelope(view, envelope)}


def _subject_phrases(view: View) -> list[str]:
    """Phrases of a subject: the index knows neither the order of words nor the shortest of them."""
    subjects = (c.value for c in view.clauses if c.where is Where.SUBJECT and not c.is_not)
    return [phrase for phrase in map(_normalized, subjects) if " " in phrase]


def _normalized(text: str) -> str:
    """Fold accents, ligatures, case, apostrophes and white space."""
    letters = (char for char in normalize("NFKD", text.casefold()) if not combining(char))
    return " ".join(without_ligatures("".join(letters)).replace("’", "'").split())
