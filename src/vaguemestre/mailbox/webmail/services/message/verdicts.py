"""Sender-authentication verdicts of opened messages, cached since a message never changes."""

from dataclasses import dataclass

from vaguemestre.foundation.kernel import seals
from vaguemestre.mailbox.webmail.rules.trust.authenticity import (
    Authenticity,
    ambiguous_authenticity,
    sender_authenticity,
)
from vaguemestre.mailbox.webmail.rules.trust.from_field import from_field
from vaguemestre.mailbox.webmail.services.isolation.lru import WeightedLru
from vaguemestre.post.mailstore.ports import Reads
from vaguemestre.post.mailstore.values import MessageRef, OpenedMessage

_verdicts: WeightedLru[tuple[str, MessageRef], Authenticity] = WeightedLru(4096)


@dataclass(frozen=True)
class AuthServer:
    """Our authentication server: authserv-id (RFC 8601), domains (lower case), seal key."""

    server: str
    domains: frozenset[str]
    key: bytes


def verdict_of(reads: Reads, owner: str, opened: OpenedMessage, server: AuthServer) -> Authenticity:
    """Verdict for the sender of an opened message. `owner`: as in `read_message`.

    Fetches the whole message if it bears a seal of ours.
    """
    place = (owner, opened.ref)
    verdict = _verdicts.get(place)
    if verdict is None:

        def seal_holds(author: str, seal: str) -> bool:
            return seals.is_seal_valid(seal, reads.raw(opened.ref), server.key, author)

        author = from_field(opened)
        if author.is_ambiguous:
            verdict = ambiguous_authenticity(opened.fields, author.addresses, server.domains)
        else:
            verdict = sender_authenticity(
                opened.fields,
                author.sender.address,
                server=server.server,
                own=server.domains,
                seal_holds=seal_holds,
            )
        _verdicts.put(place, verdict)
    return verdict
