"""What accounts are owed, from the database. A few questions, however many accounts."""

from collections.abc import Collection, Iterable
from datetime import datetime

from vaguemestre.people.credentials.queries import AccountFacts, account_facts
from vaguemestre.people.directory.queries import addresses_by_person
from vaguemestre.people.provisioning.rules import owed
from vaguemestre.people.provisioning.values import Owed


def all_owed(now: datetime) -> dict[str, Owed]:
    """By mailbox; accounts whose mailbox is closed are owed nothing and are left out."""
    return {mailbox: one for mailbox, one in _owed(list(account_facts(None, now)), None) if one}


def owed_by(account_ids: Collection[int], now: datetime) -> tuple[dict[str, Owed | None], list[str]]:
    """By mailbox, for those accounts, None for closed mailboxes; and the mailboxes somebody may still be in.

    Nobody can be in the mailbox of an account that was never activated.
    """
    facts = list(account_facts(account_ids, now))
    owed = dict(_owed(facts, [f.person_id for f in facts if f.person_id]))
    shut = [f for f in facts if f.state != "active" or f.mailbox_state != "open"]
    return owed, [f.mailbox for f in shut if f.was_activated]


def _owed(
    facts: Iterable[AccountFacts], person_ids: Collection[int] | None
) -> Iterable[tuple[str, Owed | None]]:
    addresses = addresses_by_person(person_ids)
    for one in facts:
        own = addresses.get(one.person_id, []) if one.person_id else []
        yield (
            one.mailbox,
            owed(
                username=one.username,
                mailbox=one.mailbox,
                state=one.state,
                mailbox_state=one.mailbox_state,
                quota_mb=one.quota_mb,
                addresses=[(address, may_send) for address, _, may_send in own],
                app_keys=one.app_keys,
            ),
        )
