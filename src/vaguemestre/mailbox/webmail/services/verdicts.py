"""Sender-authentication verdicts of opened messages; a message never changes, so each is worked out once."""

from dataclasses import dataclass

from vaguemestre.foundation.kernel import seals
from vaguemestre.mailbox.webmail.rules.trust.authenticity import Authenticity, authenticity, of_several
from vaguemestre.mailbox.webmail.rules.trust.from_field import from_field
from vaguemestre.mailbox.webmail.services.kept import Kept
from vaguemestre.post.mailstore.ports import Reads
from vaguemestre.post.mailstore.values import MessageRef, OpenedMessage

_verdicts: Kept[tuple[str, MessageRef], Authenticity] = Kept(4096)


@dataclass(frozen=True)
class Voucher:
    """What this installation vouches with: its authserv-id (RFC 8601), its domains (lower case), its key."""

    server: str
    domains: frozenset[str]
    key: bytes


def verdict_of(reads: Reads, owner: str, opened: OpenedMessage, voucher: Voucher) -> Authenticity:
    """Verdict for the sender of an opened message. `owner`: under what its text is kept.

    Costs one more question, for the whole message, when it holds a seal of ours.
    """
    place = (owner, opened.ref)
    verdict = _verdicts.get(place)
    if verdict is None:

        def seal_holds(author: str, seal: str) -> bool:
            return seals.holds(seal, reads.raw(opened.ref), voucher.key, author)

        author = from_field(opened)
        if author.is_ambiguous:
            verdict = of_several(opened.fields, author.addresses, voucher.domains)
        else:
            verdict = authenticity(
                opened.fields,
                author.sender.address,
                server=voucher.server,
                own=voucher.domains,
                seal_holds=seal_holds,
            )
        _verdicts.put(place, verdict)
    return verdict
