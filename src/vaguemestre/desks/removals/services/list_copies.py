"""Copies that lists sent on. A list writes the message anew: the original's Received fields are gone.

A message of the queue is a list's copy when the list submitted it, under the Message-ID of a message sought
that the list received, unless a stranger's message with the same Message-ID reached that list too.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from vaguemestre.desks.removals.rules.senders import is_list_sender
from vaguemestre.foundation.kernel.addresses import has_list_form
from vaguemestre.post.trace.queries import senders_by_queue_id, steps_by_queue_id
from vaguemestre.post.trace.rules.stored import stored_at
from vaguemestre.post.trace.values import StepKind


def sent_on_by_lists(
    received: Mapping[str, Collection[str]], queue_ids_by_message_id: Mapping[str, Collection[str]]
) -> frozenset[str]:
    """Queue identifiers of the copies. `received`: address → identifiers sought and stored there."""
    lists = {address: set(arrived) for address, arrived in received.items() if has_list_form(address)}
    copies: set[str] = set()
    for message_id, sought in queue_ids_by_message_id.items():
        if reached := {address for address, arrived in lists.items() if not arrived.isdisjoint(sought)}:
            copies.update(_copies(message_id, set(sought), reached))
    return frozenset(copies)


def _copies(message_id: str, sought: set[str], reached: Collection[str]) -> Iterator[str]:
    senders = senders_by_queue_id(message_id)
    others = senders.keys() - sought
    logins, stored = _steps(others)
    strangers = {queue_id for queue_id in others if not is_list_sender(senders[queue_id])}
    ambiguous = {address for queue_id in strangers for address in stored[queue_id]}
    for queue_id in others - strangers:
        if logins.get(queue_id) in set(reached) - ambiguous:
            yield queue_id


def _steps(queue_ids: Iterable[str]) -> tuple[dict[str, str], dict[str, set[str]]]:
    """Two maps by queue id: the login that submitted the message; the addresses where it was stored."""
    logins: dict[str, str] = {}
    stored: dict[str, set[str]] = defaultdict(set)
    for step in steps_by_queue_id(frozenset(queue_ids), StepKind.RECEIVED, StepKind.DELIVERED):
        if step.kind is StepKind.RECEIVED:
            logins[step.queue_id] = step.recipient.lower()
        elif address := stored_at(step.detail):
            stored[step.queue_id].add(address)
    return logins, stored
