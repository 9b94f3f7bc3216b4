"""Copies of one mailing, known by their Message-IDs, `<series.number.code@domain>`."""

import re
from collections.abc import Sequence
from itertools import takewhile

# Why a copy was withdrawn because of its author: it leaves once somebody resumes the mailing.
AUTHOR_SECURED, AUTHOR_LEFT = AUTHOR_REASONS = ("outbox.author-secured", "outbox.author-left")
_COPY = re.compile(r"<([0-9a-f]{32})\.\d{1,9}\.[0-9a-f]{24}@")


def series_of(message_id: str) -> str:
    """Series of the copies that this one belongs to; "" for a message sent once."""
    match = _COPY.match(message_id)
    return match[1] if match else ""


def shared_subject(subjects: Sequence[str]) -> str:
    """What the subjects of the copies share: « Sortie … » for « Sortie Zoé » and « Sortie Luc »."""
    if len(set(subjects)) <= 1:
        return subjects[0] if subjects else ""
    split = [subject.split() for subject in subjects]
    first = _common_start(split)
    rest = [words[len(first) :] for words in split]
    last = _common_start([words[::-1] for words in rest])[::-1]
    return " ".join((*first, "…", *last)) if first or last else "Objets différents"


def _common_start(lists: Sequence[Sequence[str]]) -> list[str]:
    return [words[0] for words in takewhile(lambda words: len(set(words)) == 1, zip(*lists, strict=False))]
