"""Marks by which the filter knows the messages of a removal: digests, so that its file names nobody.

`engines/rspamd/refused.lua` computes the same marks. The gate compares them with what people here send.
"""

import hashlib
from collections.abc import Collection, Iterator

from vaguemestre.desks.removals.rules.queue_ids import queue_id_in
from vaguemestre.desks.removals.values import Criteria
from vaguemestre.post.redirects.rules.listed_names import name_of_line
from vaguemestre.post.trace.rules.marks import file_mark, link_mark, subject_mark
from vaguemestre.post.trace.rules.subjects import comparable_subject


def marks(criteria: Criteria) -> Iterator[str]:
    """One mark for the sender with the subject, one each for the Message-ID, the link, the file.

    A sender alone is no mark: their other mail is not refused. Nor is a Message-ID alone once its sender
    is known: a message of somebody else may bear the same.
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
        yield _mark("link", name_of_line(criteria.link))
    if criteria.file_sha256:
        yield f"file:{criteria.file_sha256.lower()}"


def content_marks(criteria: Criteria, key: str) -> Iterator[int]:
    """The marks of messages (`post.trace.rules.marks`) that bear the link or the file, else the subject."""
    if criteria.link:
        yield link_mark(key, name_of_line(criteria.link))
    if criteria.file_sha256:
        yield file_mark(key, criteria.file_sha256)
    if criteria.subject and not (criteria.link or criteria.file_sha256):
        yield subject_mark(key, criteria.subject)


def marks_of_message(senders: Collection[str], subject: str, message_id: str) -> frozenset[str]:
    """The marks that a message bears, links and files left out. `senders`: of its envelope and header."""
    found_marks = set(marks(Criteria(message_id=message_id)))
    for sender in senders:
        found_marks.update(marks(Criteria(message_id, sender, subject)))
    return frozenset(found_marks)


def _mark(kind: str, text: str) -> str:
    return f"{kind}:{hashlib.sha256(text.encode()).hexdigest()}"
