"""Votes on messages, junk or not. Pure."""

import hashlib
from collections.abc import Sequence

from vaguemestre.post.reports.values import CastVote


def vote_key(message_id: str, content: bytes) -> str:
    """SHA-256 (hexadecimal), the same for every copy of a message, whatever its header got on the way.

    A Message-ID alone is anybody's to write: a vote on a forged copy is no vote on what it imitates.
    """
    text = content.replace(b"\r\n", b"\n").partition(b"\n\n")[2]
    return hashlib.sha256(message_id.encode("utf-8", "surrogateescape") + b"\n" + text).hexdigest()


def majority(votes: Sequence[CastVote]) -> bool:
    """Whether most call it junk; the last one decides between as many. Raises ValueError without a vote."""
    last = max(votes, key=lambda vote: vote.at)
    junk = sum(vote.is_junk for vote in votes)
    return last.is_junk if 2 * junk == len(votes) else 2 * junk > len(votes)
