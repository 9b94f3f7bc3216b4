"""Marks of messages: numbers under which a search finds a message again, and which tell nothing else.

Keyed digests (HMAC) of the subject, of each link and of each attached file, of 60 bits: among four
thousand million marks, one search in some 300 million finds a message that has nothing of it. The filter
computes the same (`engines/rspamd/message_marks.lua`). A verdict is its own small number.
"""

import hmac

from vaguemestre.post.trace.rules.subjects import comparable_subject
from vaguemestre.post.trace.values import Verdict

DIGITS = 15  # hexadecimal, of one mark
_VERDICTS = {verdict: number for number, verdict in enumerate(Verdict, start=1)}


def marks_key(secret: str) -> str:
    """The key of marks, derived from the instance's secret: who reads it learns no other key."""
    return _digest(secret, "vaguemestre marks of messages")


def subject_mark(key: str, subject: str) -> int:
    """Mark of a decoded subject; runs of white space count as one blank."""
    return _mark(key, "subject", comparable_subject(subject))


def link_mark(key: str, name: str) -> int:
    """`name`: of a host, of a page or of a page with its query (`redirects.rules.listed_names`)."""
    return _mark(key, "link", name)


def file_mark(key: str, sha256: str) -> int:
    """`sha256`: of the file's octets, in hexadecimal."""
    return _mark(key, "file", sha256.lower())


def verdict_mark(verdict: Verdict) -> int:
    return _VERDICTS[verdict]


def _mark(key: str, kind: str, text: str) -> int:
    return int(_digest(key, f"{kind}\n{text}")[:DIGITS], 16)


def _digest(key: str, text: str) -> str:
    return hmac.new(key.encode(), text.encode(), "sha256").hexdigest()
