"""In what order a folder is looked at: questions to the server (RFC 5256), and answers worth keeping.

An order is kept with what it was asked under. It changes when messages come or go, so the numbers of STATUS
that say so are enough; where marks decide (unread, followed) the whole STATUS answer is.
"""

import re
import threading
from array import array
from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from unicodedata import combining, normalize

from vaguemestre.engines.imap.protocol import headers, parse
from vaguemestre.engines.imap.protocol.wire import Argument, Line
from vaguemestre.post.mailstore.values import Clause, Only, Order, View, Where

MOST_KEPT = 3_000_000  # UIDs a worker keeps: about 12 MB
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
# what came before the server marked attachments is judged by its outermost type
_ATTACHED: list[Argument] = [
    b"OR KEYWORD $HasAttachment (UNKEYWORD $HasNoAttachment HEADER Content-Type", "multipart/mixed", b")",
]  # fmt: skip
_BY_MARKS = frozenset({Only.UNREAD, Only.FLAGGED, Only.ATTACHED})
_BY_ENVELOPE = frozenset({Only.COLLEAGUES, Only.TO_ME})
_TOKEN = re.compile(rb"[()]|\d+")

type Stamp = tuple[int, int, int] | bytes
type Threads = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Arrival:
    """What is known of a folder's own order up to `next_uid`: whether it is that of arrival.

    `newest`: when the last message came; None while the folder is empty.
    """

    uid_validity: int
    next_uid: int
    is_natural: bool
    newest: datetime | None


def criteria(view: View) -> list[Argument]:
    """What SEARCH, SORT and THREAD are asked. What is told `by_envelope` is only approached."""
    asked = _narrowing(view)
    for term in view.terms:
        if said := headers.clean(term).strip():
            asked += [b"TEXT", said]
    for clause in view.clauses:
        if clause.is_not and clause.value in view.excluded_phrases:
            continue  # its words may be there, apart from one another: what has them is read
        if keys := _clause(clause):
            asked += [b"NOT", *keys] if clause.is_not else keys
    return asked or [b"ALL"]


def _narrowing(view: View) -> list[Argument]:
    asked: list[Argument] = []
    if Only.UNREAD in view.only:
        asked.append(b"UNSEEN")
    if Only.FLAGGED in view.only:
        asked.append(b"FLAGGED")
    if Only.ATTACHED in view.only:
        asked += _ATTACHED
    if Only.COLLEAGUES in view.only:
        asked += _any(b"FROM", sorted(f"@{domain}" for domain in view.domains))
    if Only.TO_ME in view.only:
        asked += _any(b"TO", sorted(view.mine))
    return asked


def ranks(view: View) -> list[list[Argument]]:
    """What makes a message more to the point, best first: all words in its subject, one of them, its author.

    The index tells no usable score of its own: it counts a word once, wherever it stands.
    """
    said = [headers.clean(term).strip() for term in view.terms]
    said = [term for term in said if term]
    if not said:
        return []
    every: list[Argument] = []
    for term in said:
        every += [b"SUBJECT", term]
    return [every, _any(b"SUBJECT", said), _any(b"FROM", said)]


def ranked(uids: Sequence[int], better: Sequence[Collection[int]], *, is_reversed: bool) -> list[int]:
    """The UIDs by the first set that holds them, in their order otherwise."""

    def rank(uid: int) -> int:
        return next((place for place, some in enumerate(better) if uid in some), len(better))

    return sorted(uids, key=lambda uid: -rank(uid) if is_reversed else rank(uid))


def _clause(clause: Clause) -> list[Argument]:
    """One search key: NOT may stand before it."""
    value = headers.clean(clause.value).strip()
    if clause.where in _MARKED:
        return [_MARKED[clause.where]]
    if clause.where is Where.ATTACHED:
        return [b"(", *_ATTACHED, b")"]
    if not value:
        return []
    match clause.where:
        case Where.TEXT | Where.FROM | Where.SUBJECT:
            return [_NAMED[clause.where], value]
        case Where.TO:
            return [b"OR TO", value, b"CC", value]
        case Where.BEFORE | Where.SINCE:
            return [_dated(clause.where, date.fromisoformat(value))]
        case Where.LABEL if _KEYWORD.fullmatch(value):
            return [b"KEYWORD " + value.encode("ascii")]
        case _:
            return []


_NAMED = {Where.TEXT: b"TEXT", Where.FROM: b"FROM", Where.SUBJECT: b"SUBJECT"}
_MARKED = {
    Where.READ: b"SEEN",
    Where.UNREAD: b"UNSEEN",
    Where.FLAGGED: b"FLAGGED",
    Where.ANSWERED: b"ANSWERED",
}
_BY_MARK_CLAUSES = frozenset((*_MARKED, Where.ATTACHED, Where.LABEL))
_KEYWORD = re.compile(r"[A-Za-z0-9$_.,&+-]{1,60}", re.ASCII)


def _dated(where: Where, day: date) -> bytes:
    key = b"BEFORE" if where is Where.BEFORE else b"SINCE"
    return b"%b %d-%b-%04d" % (key, day.day, headers.MONTHS[day.month - 1].encode("ascii"), day.year)


def _any(key: bytes, values: list[str]) -> list[Argument]:
    asked: list[Argument] = [b"OR"] * (len(values) - 1)
    for value in values:
        asked += [key, value]
    return asked


def sort_keys(view: View) -> bytes:
    return _KEYS[view.order, view.is_reversed]


def follows_marks(view: View) -> bool:
    return bool(view.only & _BY_MARKS) or any(one.where in _BY_MARK_CLAUSES for one in view.clauses)


def threads(answer: bytes, *, oldest_first: bool = False) -> Threads:
    """The answer of THREAD → conversations, latest first, each latest first (by UID, near enough)."""
    found: list[tuple[int, ...]] = []
    depth = 0
    current: list[int] = []
    for token in _TOKEN.findall(answer):
        if token == b"(":
            depth += 1
        elif token == b")":
            depth -= 1
            if depth == 0 and current:
                found.append(tuple(sorted(current, reverse=True)))
                current = []
        else:
            current.append(int(token))
    return tuple(sorted(found, reverse=not oldest_first))


def packed(uids: list[int]) -> "array[int]":
    return array("I", uids)


def unpacked(written: bytes) -> "array[int]":
    """A set in the order written, which after SORT is the order asked for (RFC 5267)."""
    uids: array[int] = array("I")
    for piece in written.split(b","):
        first, colon, last = piece.partition(b":")
        if first.isdigit():
            low, high = int(first), int(last) if colon and last.isdigit() else int(first)
            uids.extend(range(low, high + 1) if high >= low else range(low, high - 1, -1))
    return uids


class Orders:
    """Orders by mailbox, folder and view, and what is known of folders' own; the least used leave."""

    def __init__(self, most: int = MOST_KEPT, most_folders: int = 20_000) -> None:
        self._most, self._most_folders = most, most_folders
        self._lock = threading.Lock()
        self._held: OrderedDict[tuple[str, str, View], tuple[Stamp, array[int] | Threads, int]] = (
            OrderedDict()
        )
        self._unchecked: dict[tuple[str, str, View], int] = {}
        self._arrivals: OrderedDict[tuple[str, str], Arrival] = OrderedDict()
        self._weight = 0

    def get(self, key: tuple[str, str, View], stamp: Stamp) -> "array[int] | Threads | None":
        with self._lock:
            found = self._held.get(key)
            if found is None or found[0] != stamp:
                return None
            self._held.move_to_end(key)
            return found[1]

    def last(self, key: tuple[str, str, View]) -> "array[int] | Threads | None":
        """An order as it was kept last, under whatever stamp."""
        with self._lock:
            found = self._held.get(key)
            return found[1] if found is not None else None

    def unchecked(self, key: tuple[str, str, View]) -> int:
        """What was said of an order when it was kept."""
        with self._lock:
            return self._unchecked.get(key, 0)

    def keep(
        self, key: tuple[str, str, View], stamp: Stamp, order: "array[int] | Threads", unchecked: int = 0
    ) -> None:
        weight = len(order) if isinstance(order, array) else sum(20 + len(one) for one in order)
        with self._lock:
            self._drop(key)
            self._held[key] = stamp, order, weight
            if unchecked:
                self._unchecked[key] = unchecked
            self._weight += weight
            while self._weight > self._most and len(self._held) > 1:
                self._drop(next(iter(self._held)))

    def arrival(self, mailbox: str, folder: str) -> Arrival | None:
        with self._lock:
            return self._arrivals.get((mailbox, folder))

    def keep_arrival(self, mailbox: str, folder: str, known: Arrival) -> None:
        with self._lock:
            self._arrivals[mailbox, folder] = known
            self._arrivals.move_to_end((mailbox, folder))
            if len(self._arrivals) > self._most_folders:
                self._arrivals.popitem(last=False)

    def forget(self, mailbox: str) -> None:
        with self._lock:
            for key in [key for key in self._held if key[0] == mailbox]:
                self._drop(key)
            for place in [place for place in self._arrivals if place[0] == mailbox]:
                del self._arrivals[place]

    def _drop(self, key: tuple[str, str, View]) -> None:
        gone = self._held.pop(key, None)
        self._unchecked.pop(key, None)
        if gone is not None:
            self._weight -= gone[2]


def by_envelope(view: View) -> bool:
    """Whether SEARCH only comes near what is wanted, so that envelopes are to be read."""
    return bool(view.only & _BY_ENVELOPE or _phrases(view))


def fits(view: View, envelope: parse.Envelope) -> bool:
    """Whether an envelope is what the view wants of envelopes."""
    to = envelope.to
    if Only.COLLEAGUES in view.only and envelope.sender.rpartition("@")[2] not in view.domains:
        return False
    if Only.TO_ME in view.only and not (len(to) == 1 and to[0] in view.mine):
        return False
    subject = _bare(envelope.subject)
    return all(re.search(rf"(?<!\w){re.escape(said)}(?!\w)", subject) for said in _phrases(view))


def of_envelopes(lines: list[Line], view: View) -> set[int]:
    """UIDs among FETCH (UID ENVELOPE) answers that the view wants."""
    return {one.uid for one in parse.envelopes(lines) if fits(view, one)}


def _phrases(view: View) -> list[str]:
    """Several words of a subject: the index knows each, but neither their order nor the smallest of them."""
    said = (_bare(one.value) for one in view.clauses if one.where is Where.SUBJECT and not one.is_not)
    return [phrase for phrase in said if " " in phrase]


def _bare(text: str) -> str:
    """Without accents, capitals and kinds of apostrophe, one blank at a time."""
    letters = (char for char in normalize("NFKD", text.casefold()) if not combining(char))
    return " ".join("".join(letters).replace("’", "'").split())
