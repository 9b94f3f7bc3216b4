"""Rows of a message search: who, and what became of it for whom; with what was held and never left."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from vaguemestre.foundation.journal.queries import JournalFilter, filtered_entries
from vaguemestre.foundation.journal.values import account_subject, number_of
from vaguemestre.people.credentials.queries import presented
from vaguemestre.post.outbox.queries.by_account import HeldMessage, held_messages_in, held_messages_with
from vaguemestre.post.trace.rules.stories import overall_fate, without_list_detail
from vaguemestre.post.trace.values import Fate, FoundMessage, MessageSearch
from vaguemestre.post.tracking.labels_fr import FATES, QUARANTINED, THROWN_AWAY, VERDICTS, reason_of

_AT_THE_DOOR = frozenset((Fate.REJECTED, Fate.PUT_OFF))  # what was never taken has no story


class Group(NamedTuple):
    """Recipients of one fate."""

    fate: Fate
    words: str
    recipients: list[str]
    reason: str


class Row(NamedTuple):
    """`groups`: the worst fate first."""

    message: FoundMessage
    sender: str
    groups: list[Group]
    recipients: list[str]
    verdict: str
    has_story: bool


class Decision(NamedTuple):
    """When and by whom (a username; empty: unknown) a held message was thrown away, and why."""

    at: datetime
    by: str
    reason: str


def found_row(message: FoundMessage) -> Row:
    recipients = [address for address in message.fates if address]
    verdict = VERDICTS[message.verdict] if message.verdict else ""
    return Row(
        message, without_list_detail(message.sender), _groups(message), recipients, verdict,
        has_story=not set(message.fates.values()) <= _AT_THE_DOOR,
    )  # fmt: skip


def with_held(rows: Collection[Row], criteria: MessageSearch, *, limit: int) -> list[Row]:
    """The rows, newest first, where each message held at submission bears its people and its true fate.

    No step of it names them: it never left, and by people it is found among the submissions.
    """
    held = held_messages_in([row.message.key for row in rows])
    if criteria.addresses and not (criteria.subject or criteria.verdicts):
        more = held_messages_with(criteria.addresses, criteria.since, criteria.until)
        held |= {message.queue_id: message for message in more}
    others = [row for row in rows if row.message.key not in held]
    chosen = [_held_row(message) for message in chosen_held(held.values(), criteria)]
    return sorted([*others, *chosen], key=lambda row: row.message.at, reverse=True)[:limit]


def chosen_held(messages: Iterable[HeldMessage], criteria: MessageSearch) -> list[HeldMessage]:
    """The held messages of the searched correspondent and fate."""
    other = criteria.other.lower()
    return [
        message
        for message in messages
        if criteria.fate in (None, Fate.DISCARDED if message.is_discarded else Fate.HELD)
        and (not other or any(other in address.lower() for address in (message.sender, *message.recipients)))
    ]


def decision_on(message: HeldMessage) -> Decision | None:
    """The decision by which it was thrown away; None for what still waits."""
    about = JournalFilter(actions=("outbox.hold-discarded",), to=(account_subject(message.account_id),))
    for entry in filtered_entries(about):
        if entry.details.get("passage") == message.number:
            account_id = number_of("account", entry.by)
            account = presented(account_id) if account_id else None
            reason = str(entry.details.get("reason", ""))
            return Decision(entry.at, account.username if account else "", reason)
    return None


def _held_row(message: HeldMessage) -> Row:
    fate = Fate.DISCARDED if message.is_discarded else Fate.HELD
    words = THROWN_AWAY if message.is_discarded else FATES[Fate.HELD]
    recipients = list(message.recipients)
    found = FoundMessage(message.queue_id, message.at, message.sender, dict.fromkeys(recipients, fate))
    return Row(found, message.sender, [Group(fate, words, recipients, "")], recipients, "", has_story=True)


def _groups(message: FoundMessage) -> list[Group]:
    by_fate: dict[Fate, list[str]] = {}
    for address, fate in message.fates.items():
        by_fate.setdefault(fate, []).append(address)
    groups = []
    while by_fate:
        fate = overall_fate(by_fate.keys())
        reason = reason_of(message.status) if fate in _AT_THE_DOOR else ""
        recipients = by_fate.pop(fate)
        quarantined = [address for address in recipients if address in message.quarantined]
        others = [address for address in recipients if address not in message.quarantined]
        if quarantined:
            groups.append(Group(fate, QUARANTINED, quarantined, reason))
        if others:
            groups.append(Group(fate, FATES[fate], others, reason))
    return groups
