"""Marks by which the filter knows what a removal concerns: digests, so that its file names nobody.

`engines/rspamd/refused.lua` computes the same. What is sent from inside is asked the same by the gate.
"""

import hashlib
from collections.abc import Collection, Iterator

from vaguemestre.desks.removals.rules.queue_ids import queue_id_in
from vaguemestre.desks.removals.rules.subjects import comparable_subject
from vaguemestre.desks.removals.values import Criteria


def marks(criteria: Criteria) -> Iterator[str]:
    """One mark for the sender with the subject, one each for the Message-ID, the link, the file.

    A sender alone is not a mark: their other mail goes on. Nor is a Message-ID once its sender is known:
    another letter may have it.
    """
    if criteria.sender and criteria.subject:
        yield _mark("letter", f"{criteria.sender.lower()}\n{comparable_subject(criteria.subject)}")
    if criteria.message_id and not queue_id_in(criteria.message_id):
        message_id = criteria.message_id.strip("<> ")
        if criteria.sender:
            yield _mark("sent-id", f"{criteria.sender.lower()}\n{message_id}")
        else:
            yield _mark("id", message_id)
    if criteria.link:
        yield _mark("link", criteria.link)
    if criteria.file_sha256:
        yield f"file:{criteria.file_sha256.lower()}"


def marks_of_message(senders: Collection[str], subject: str, message_id: str) -> frozenset[str]:
    """The marks that a message bears, links and files left out. `senders`: of its envelope and header."""
    borne = set(marks(Criteria(message_id=message_id)))
    for sender in senders:
        borne.update(marks(Criteria(message_id, sender, subject)))
    return frozenset(borne)


def _mark(kind: str, text: str) -> str:
    return f"{kind}:{hashlib.sha256(text.encode()).hexdigest()}"
