"""Messages narrowed, sorted and grouped as a `View` says, by comparing texts in Python."""

from collections.abc import Sequence
from functools import lru_cache

from vaguemestre.engines.memory import message
from vaguemestre.engines.memory.folder import StoredMessage
from vaguemestre.foundation.kernel.texts import contains_phrase, without_ligatures, words_only
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.post.mailstore.privacy import private_mark
from vaguemestre.post.mailstore.values import Clause, Flag, MessageRef, Order, View, Where

type Placed = tuple[MessageRef, StoredMessage]

_DESCENDING = (Order.DATE, Order.SIZE, Order.RELEVANCE)


def view_groups(newest_first: Sequence[Placed], view: View) -> list[list[Placed]]:
    """Groups of messages in the order of a view: one message each, unless it is grouped."""
    pairs = [pair for pair in newest_first if _is_in_view(pair[1], view)]
    groups = [[pair] for pair in pairs]
    if view.is_grouped:
        groups = message.group_threads(pairs, lambda pair: message.thread(pair[1].content))
    keys = {
        Order.DATE: lambda group: group[0][1].received,
        Order.SENDER: lambda group: message.sender_sort_key(group[0][1].content),
        Order.SUBJECT: lambda group: message.subject_sort_key(group[0][1].content),
        Order.SIZE: lambda group: len(group[0][1].content),
        Order.RELEVANCE: lambda group: _score(group[0][1].content, view.terms),
    }
    is_descending = (view.order in _DESCENDING) != view.is_reversed
    return sorted(groups, key=keys[view.order], reverse=is_descending)


def thread_of(ref: MessageRef, stored: StoredMessage, placed: Sequence[Placed]) -> list[Placed]:
    """The messages, among `placed`, of the conversation of a message, itself included."""
    ids, others = message.thread(stored.content), [(one, message.thread(one[1].content)) for one in placed]
    while (wider := ids.union(*(theirs for _, theirs in others if theirs & ids))) != ids:
        ids = wider
    return [one for one, theirs in others if theirs & ids or one[0] == ref]


def _is_in_view(stored: StoredMessage, view: View) -> bool:
    return (
        message.matches_filters(stored.content, stored.flags, view)
        and holds_all(stored.content, view.terms)
        and all(_meets(clause, stored) != clause.is_not for clause in view.clauses)
    )


def holds_all(content: bytes, terms: Sequence[str]) -> bool:
    """Whether headers or text hold every term; a phrase, word after word."""
    if not terms:
        return True
    everything, words = _searched_texts(content)
    return all(
        any(contains_phrase(piece, words_only(term)) for piece in words)
        if " " in term
        else without_ligatures(term.casefold()) in everything
        for term in terms
    )


@lru_cache(maxsize=500)
def _searched_texts(content: bytes) -> tuple[str, tuple[str, ...]]:
    """Headers and text as one, and the words of each."""
    parsed = message.parse_message(content)
    pieces = [*(str(value) for value in parsed.values()), message.text(parsed)]
    return without_ligatures(" ".join(pieces).casefold()), tuple(words_only(piece) for piece in pieces)


def _score(content: bytes, terms: Sequence[str]) -> int:
    """3 for all the words in the subject, 2 for one of them, 1 in the author's name, 0 elsewhere."""
    subject, sender = message.subject_sort_key(content), message.sender_sort_key(content)
    words = [term.casefold() for term in terms]
    if all(word in subject for word in words):
        return 3
    return 2 if any(word in subject for word in words) else int(any(word in sender for word in words))


def _meets(clause: Clause, stored: StoredMessage) -> bool:
    summary = message.summary(0, stored.content, stored.received)
    day, value = paris_day(stored.received).isoformat(), without_ligatures(clause.value.casefold())
    texts = {
        Where.FROM: f"{summary.sender.name} {summary.sender.address}",
        Where.TO: " ".join(f"{person.name} {person.address}" for person in summary.to),
        Where.SUBJECT: summary.subject,
        Where.LABEL: " ".join(stored.flags),
    }
    if clause.where in texts:
        return value in without_ligatures(texts[clause.where].casefold())
    if clause.where is Where.TEXT:
        return holds_all(stored.content, [clause.value])
    if clause.where in (Where.LARGER, Where.SMALLER):
        excess = len(stored.content) - int(clause.value)
        return excess > 0 if clause.where is Where.LARGER else excess < 0
    conditions = {
        Where.BEFORE: day < clause.value,
        Where.SINCE: day >= clause.value,
        Where.SENSITIVITY: bool(private_mark(stored.content)),
        Where.ATTACHED: summary.has_attachment,
        Where.READ: Flag.SEEN in stored.flags,
        Where.UNREAD: Flag.SEEN not in stored.flags,
        Where.FLAGGED: Flag.FLAGGED in stored.flags,
        Where.ANSWERED: Flag.ANSWERED in stored.flags,
    }
    return conditions.get(clause.where, False)
