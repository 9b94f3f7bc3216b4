"""Whether the organiser of an event wrote a letter about it."""

from enum import StrEnum

from vaguemestre.mailbox.webmail.rules.trust.authenticity import Verdict
from vaguemestre.mailbox.webmail.rules.trust.from_field import from_field
from vaguemestre.mailbox.webmail.services.message.enclosed import EnclosedMessage
from vaguemestre.mailbox.webmail.services.message.verdicts import AuthServer, verdict_of
from vaguemestre.post.mailstore.ports import Reads
from vaguemestre.post.mailstore.values import MessageRef


class Authorship(StrEnum):
    """Of a letter about an event: another's, of the organiser's address only, or proved to be theirs."""

    ANOTHERS = "another's"
    CLAIMED = "claimed"
    PROVED = "proved"


def authorship(reads: Reads, owner: str, ref: MessageRef, organiser: str, server: AuthServer) -> Authorship:
    """Whether the organiser wrote the letter: anybody may write with the UID of their event.

    What is enclosed in a letter says what its sender wants. `owner`: as in `verdict_of`.
    """
    if isinstance(reads, EnclosedMessage):
        return Authorship.ANOTHERS
    opened = reads.open(ref)
    author = from_field(opened)
    if author.is_ambiguous or author.sender.address.lower() != organiser:
        return Authorship.ANOTHERS
    return _OF_VERDICT[verdict_of(reads, owner, opened, server).verdict]


_OF_VERDICT = {
    Verdict.FORGED: Authorship.ANOTHERS,
    Verdict.UNVERIFIED: Authorship.CLAIMED,
    Verdict.VERIFIED: Authorship.PROVED,
}
