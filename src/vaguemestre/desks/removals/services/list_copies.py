"""What lists sent on: a list writes a message anew, without the fields of whoever took the original.

A message of the queue is a list's copy when the list submitted it, under the Message-ID of a message sought
that the list received; unless somebody else's reached it with that Message-ID too.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from vaguemestre.desks.removals.rules.senders import is_list_sender
from vaguemestre.desks.removals.rules.stored import stored_at
from vaguemestre.foundation.kernel.addresses import has_list_form
from vaguemestre.post.trace.queries import senders_by_queue_id, steps_by_queue_id
from vaguemestre.post.trace.values import StepKind


def sent_on_by_lists(
    received: Mapping[str, Collection[str]], queue_ids_by_message_id: Mapping[str, Collection[str]]
) -> frozenset[str]:
    """Queue identifiers of these copies. `received`: address → what was sought and stored there."""
    lists = {address: set(arrived) for address, arrived in received.items() if has_list_form(address)}
    found: set[str] = set()
    for message_id, sought in queue_ids_by_message_id.items():
        if reached := {address for address, arrived in lists.items() if not arrived.isdisjoint(sought)}:
            found.update(_copies(message_id, set(sought), reached))
    return frozenset(found)


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
    """Who submitted each, and at which addresses each was stored."""
    logins: dict[str, str] = {}
    stored: dict[str, set[str]] = defaultdict(set)
    for step in steps_by_queue_id(frozenset(queue_ids), StepKind.RECEIVED, StepKind.DELIVERED):
        if step.kind is StepKind.RECEIVED:
            logins[step.queue_id] = step.recipient.lower()
        elif address := stored_at(step.detail):
            stored[step.queue_id].add(address)
    return logins, stored
