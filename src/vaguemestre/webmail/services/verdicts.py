"""Sender-authentication verdicts of opened messages; a message never changes, so each is worked out once."""

from dataclasses import dataclass

from vaguemestre.kernel import seals
from vaguemestre.webmail.ports import Reads
from vaguemestre.webmail.rules.authenticity import Authenticity, authenticity
from vaguemestre.webmail.services.kept import Kept
from vaguemestre.webmail.values import MessageRef, OpenedMessage

_verdicts: Kept[tuple[str, MessageRef, str], Authenticity] = Kept(4096)


@dataclass(frozen=True)
class Voucher:
    """What this installation vouches with: its authserv-id (RFC 8601), its domains (lower case), its key."""

    server: str
    domains: frozenset[str]
    key: bytes


def verdict_of(
    reads: Reads, owner: str, opened: OpenedMessage, sender: str, voucher: Voucher
) -> Authenticity:
    """Verdict for the address `sender` of an opened message. `owner`: under what its text is kept.

    Costs one more question, for the whole message, when it holds a seal of ours.
    """
    place = (owner, opened.ref, sender)
    verdict = _verdicts.get(place)
    if verdict is None:

        def seal_holds(author: str, seal: str) -> bool:
            return seals.holds(seal, reads.raw(opened.ref), voucher.key, author)

        verdict = authenticity(
            opened.fields, sender, server=voucher.server, own=voucher.domains, seal_holds=seal_holds
        )
        _verdicts.put(place, verdict)
    return verdict
