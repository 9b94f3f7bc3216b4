"""The mailboxes engines must hold, from the database. A few questions, however many accounts."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from vaguemestre.people.credentials.queries import AccountFacts, account_facts, accounts_with_mailboxes
from vaguemestre.people.directory.queries import addresses_by_person
from vaguemestre.people.provisioning.models import MailboxPlace
from vaguemestre.people.provisioning.rules import expected_mailbox
from vaguemestre.people.provisioning.values import ExpectedMailbox


class PodCount(NamedTuple):
    """`pod` "": the first one."""

    pod: str
    mailboxes: int
    moving: int
    copies_left: int


def pod_counts() -> list[PodCount]:
    """Mailboxes by pod, moves that are not over, and those that left a copy on another."""
    places = {place.account_id: place for place in MailboxPlace.objects.all()}
    counts: dict[str, list[int]] = {}
    for account_id in accounts_with_mailboxes():
        place = places.get(account_id)
        count = counts.setdefault(place.pod if place else "", [0, 0, 0])
        count[0] += 1
        count[1] += bool(place and place.step)
        count[2] += bool(place and place.left_on)
    return [PodCount(pod, *count) for pod, count in sorted(counts.items())]


def accounts_on(pod: str, *, is_first: bool) -> list[int]:
    """The accounts whose mailboxes live on that pod; closed ones, which engines do not know, stay."""
    pods = dict(MailboxPlace.objects.values_list("account_id", "pod"))
    here = {pod, ""} if is_first else {pod}
    return [account_id for account_id in accounts_with_mailboxes() if pods.get(account_id, "") in here]


def moves_not_over() -> list[tuple[int, str]]:
    """(account, target) of each move that was begun and not ended."""
    return list(MailboxPlace.objects.exclude(step="").order_by("since").values_list("account_id", "target"))


def expected_mailboxes(now: datetime) -> dict[str, ExpectedMailbox]:
    """By mailbox; accounts whose mailbox is closed have none and are left out."""
    return {mailbox: one for mailbox, one in _mailboxes_of(list(account_facts(None, now)), None) if one}


def expected_mailboxes_of(
    account_ids: Collection[int], now: datetime
) -> tuple[dict[str, ExpectedMailbox | None], list[str]]:
    """By mailbox, for those accounts, None for closed mailboxes; and the mailboxes somebody may still be in.

    Nobody can be in the mailbox of an account that was never activated.
    """
    facts = list(account_facts(account_ids, now))
    expected = dict(_mailboxes_of(facts, [f.person_id for f in facts if f.person_id]))
    shut = [f for f in facts if f.state != "active" or f.mailbox_state != "open"]
    return expected, [f.mailbox for f in shut if f.was_activated]


def _mailboxes_of(
    facts: Iterable[AccountFacts], person_ids: Collection[int] | None
) -> Iterable[tuple[str, ExpectedMailbox | None]]:
    addresses = addresses_by_person(person_ids)
    pods = dict(MailboxPlace.objects.exclude(pod="").values_list("account__mailbox", "pod"))
    for one in facts:
        own = addresses.get(one.person_id, []) if one.person_id else []
        yield (
            one.mailbox,
            expected_mailbox(
                username=one.username,
                mailbox=one.mailbox,
                state=one.state,
                mailbox_state=one.mailbox_state,
                quota_mb=one.quota_mb,
                addresses=[(address, may_send) for address, _, may_send in own],
                app_keys=one.app_keys,
                pod=pods.get(one.mailbox, ""),
            ),
        )
