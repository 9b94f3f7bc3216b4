"""A part of the queue, as somebody asks for it: by words, state and destination, in an order."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from vaguemestre.desks.operations.values import QueuedMessage

STATES = {"retenus": ("hold",), "reportes": ("deferred",), "en-cours": ("incoming", "active", "maildrop")}
ORDERS: dict[str, Callable[[QueuedMessage], object]] = {
    "depuis": lambda message: message.arrived_at,
    "de": lambda message: message.sender.lower(),
    "vers": lambda message: message.domains,
    "taille": lambda message: message.size,
}


class QueueFilter(NamedTuple):
    """`words`: part of an address or of a queue identifier; `state`: of STATES; `domain`: of a recipient."""

    words: str = ""
    state: str = ""
    domain: str = ""


def matching_messages(messages: Sequence[QueuedMessage], criteria: QueueFilter) -> list[QueuedMessage]:
    """The messages that meet every criterion given, in the order they came in."""
    words, domain = criteria.words.lower(), criteria.domain.lower()
    queues = STATES.get(criteria.state)
    return [
        message
        for message in messages
        if (queues is None or message.queue in queues)
        and (not domain or domain in message.domains)
        and (not words or words in _text_of(message))
    ]


def in_order(messages: Sequence[QueuedMessage], sort: str, *, backwards: bool) -> list[QueuedMessage]:
    return sorted(messages, key=ORDERS[sort], reverse=backwards)  # type: ignore[arg-type]


def _text_of(message: QueuedMessage) -> str:
    addresses = " ".join(row.address for row in message.recipients)
    return f"{message.queue_id} {message.sender} {addresses}".lower()
