"""Folder and flags of each message: a mailbox as kept for two years."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random

from vaguemestre.demo.letters import messages as writing
from vaguemestre.demo.letters.plot import Turn, turns
from vaguemestre.demo.letters.values import Letter, Writer
from vaguemestre.foundation.kernel.times import PARIS

_RECENT = timedelta(days=9)
_KEPT_IN_INBOX = timedelta(days=60)


def messages(
    seed: int,
    count: int,
    owner: Writer,
    others: Sequence[Writer],
    until: datetime,
    *,
    days: int = 730,
    inbox_share: float = 0.5,
) -> Iterator[Letter]:
    """`count` letters of somebody's mailbox over the `days` before `until` (aware), oldest first.

    The same arguments give the same bytes. `others` are the colleagues and offices who write; parents,
    newsletters and machines are made up. `inbox_share` of the old received letters were never filed.
    Folders: INBOX, Sent, Drafts, Trash, Archive, and those of `topics.txt`.
    """
    draw = Random(seed)  # noqa: S311 - a demonstration is reproducible, not secret
    late = [_draft(owner, others, until, number) for number in range(min(3, count // 100))]
    for turn in turns(draw, count - len(late), others, until.astimezone(PARIS), days):
        yield _filed(turn, owner, draw, until, inbox_share)
    yield from late


def _filed(turn: Turn, owner: Writer, draw: Random, until: datetime, inbox_share: float) -> Letter:
    if turn.thread:
        message = writing.conversation(turn, turn.thread, owner, draw)
    elif turn.issue:
        message = writing.issue(turn.issue, turn.number, owner, turn.at, draw)
    else:
        message = writing.notice(turn.number, owner, turn.at, draw)
    if turn.by_owner:
        return Letter("Sent", ("\\Seen",), turn.at, message.content)
    age = until - turn.at
    flags = []
    unread = 0.6 if age < _RECENT else 0.12 if age < _KEPT_IN_INBOX else 0.01
    if turn.is_answered or draw.random() > unread:
        flags.append("\\Seen")
    if turn.is_answered:
        flags.append("\\Answered")
    if draw.random() < 0.03:
        flags.append("\\Flagged")
    return Letter(_folder(turn, draw, age, inbox_share), tuple(flags), turn.at, message.content)


def _folder(turn: Turn, draw: Random, age: timedelta, inbox_share: float) -> str:
    if age < _KEPT_IN_INBOX or draw.random() < inbox_share:
        return "INBOX"
    if turn.thread:
        folder = turn.thread.topic.folder
        return folder if folder != "INBOX" else "Archive"
    if turn.issue:
        return draw.choice(("Lettres d’information", "Trash"))
    return "Archive"


def _draft(owner: Writer, others: Sequence[Writer], until: datetime, number: int) -> Letter:
    subject, text = _DRAFTS[number]
    at = (until - timedelta(days=2 * number + 1)).replace(microsecond=0)
    message = writing.draft(subject, text, owner, others[number % len(others)], at, number)
    return Letter("Drafts", ("\\Seen", "\\Draft"), at, message.content)


_DRAFTS = (
    (
        "Projet de correspondance",
        "Bonjour,\n\nJe reviens vers vous au sujet de la correspondance entre nos classes.\n\n",
    ),
    ("Liste des fournitures", "Bonjour,\n\nVoici une première liste, à compléter :\n\n- un grand cahier\n- "),
    ("Compte rendu de réunion", "Présents :\n\nPoints abordés :\n1. "),
)
