"""Marks by which the filter knows what a removal concerns: digests, so that its file names nobody.

`engines/rspamd/refused.lua` computes the same.
"""

import hashlib
from collections.abc import Iterator

from vaguemestre.desks.removals.rules.subjects import comparable_subject
from vaguemestre.desks.removals.values import Criteria


def marks(criteria: Criteria) -> Iterator[str]:
    """One mark for the sender with the subject, one each for the Message-ID, the link, the file.

    A sender alone is not a mark: their other mail goes on.
    """
    if criteria.sender and criteria.subject:
        yield _mark("letter", f"{criteria.sender.lower()}\n{comparable_subject(criteria.subject)}")
    if criteria.message_id:
        yield _mark("id", criteria.message_id.strip("<> "))
    if criteria.link:
        yield _mark("link", criteria.link)
    if criteria.file_sha256:
        yield f"file:{criteria.file_sha256.lower()}"


def _mark(kind: str, text: str) -> str:
    return f"{kind}:{hashlib.sha256(text.encode()).hexdigest()}"
