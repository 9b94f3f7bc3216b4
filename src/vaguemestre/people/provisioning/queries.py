"""The mailboxes engines must hold, from the database. A few questions, however many accounts."""

from collections.abc import Collection, Iterable
from datetime import datetime

from vaguemestre.people.credentials.queries import AccountFacts, account_facts
from vaguemestre.people.directory.queries import addresses_by_person
from vaguemestre.people.provisioning.rules import expected_mailbox
from vaguemestre.people.provisioning.values import ExpectedMailbox


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
            ),
        )
