"""The mailboxes that the engines must have, from the database; a few SQL queries, however many accounts."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from vaguemestre.people.credentials.queries import AccountFacts, account_facts, accounts_with_mailboxes
from vaguemestre.people.credentials.values import AccountState, MailboxState
from vaguemestre.people.directory.queries import addresses_by_person
from vaguemestre.people.provisioning.models import MailboxPlace
from vaguemestre.people.provisioning.rules import expected_mailbox
from vaguemestre.people.provisioning.values import ExpectedMailbox, MailboxLimits
from vaguemestre.people.service_classes.values import ServiceLimits


class PodCount(NamedTuple):
    """Counts of a pod ("": the first one)."""

    pod: str
    mailboxes: int
    moving: int
    copies_left: int


def pod_counts() -> list[PodCount]:
    """For each pod: its mailboxes, those being moved, those that left a copy on another pod."""
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
    """The accounts whose mailboxes live on that pod, except closed ones, which the engines do not know."""
    pods = dict(MailboxPlace.objects.values_list("account_id", "pod"))
    here = {pod, ""} if is_first else {pod}
    return [account_id for account_id in accounts_with_mailboxes() if pods.get(account_id, "") in here]


def moves_not_over() -> list[tuple[int, str]]:
    """(account id, target pod) of each unfinished move, oldest first."""
    return list(MailboxPlace.objects.exclude(step="").order_by("since").values_list("account_id", "target"))


def expected_mailboxes(now: datetime) -> dict[str, ExpectedMailbox]:
    """The expected mailboxes of all accounts, by name; closed ones are left out."""
    pairs = _mailboxes_of(list(account_facts(None, now)), None)
    return {mailbox: expected for mailbox, expected in pairs if expected}


def expected_mailboxes_of(
    account_ids: Collection[int], now: datetime
) -> tuple[dict[str, ExpectedMailbox | None], list[str]]:
    """(expected mailboxes of those accounts by name, None if closed; mailboxes whose connections to cut).

    The latter nobody may open any more; accounts that were never activated have no connections.
    """
    facts = list(account_facts(account_ids, now))
    expected = dict(_mailboxes_of(facts, [f.person_id for f in facts if f.person_id]))
    shut = [f for f in facts if f.state != AccountState.ACTIVE or f.mailbox_state != MailboxState.OPEN]
    return expected, [f.mailbox for f in shut if f.was_activated]


def _mailboxes_of(
    facts: Iterable[AccountFacts], person_ids: Collection[int] | None
) -> Iterable[tuple[str, ExpectedMailbox | None]]:
    addresses = addresses_by_person(person_ids)
    pods = dict(MailboxPlace.objects.exclude(pod="").values_list("account__mailbox", "pod"))
    for account in facts:
        own = addresses.get(account.person_id, []) if account.person_id else []
        yield (
            account.mailbox,
            expected_mailbox(
                username=account.username,
                mailbox=account.mailbox,
                state=account.state,
                mailbox_state=account.mailbox_state,
                quota_mb=account.quota_mb,
                addresses=[(address, may_send) for address, _, may_send in own],
                app_keys=account.app_keys,
                limits=_limits(account.limits),
                pod=pods.get(account.mailbox, ""),
            ),
        )


def _limits(limits: ServiceLimits) -> MailboxLimits:
    return MailboxLimits(limits.imap, limits.submission, limits.sieve, limits.trash_days, limits.junk_days)
