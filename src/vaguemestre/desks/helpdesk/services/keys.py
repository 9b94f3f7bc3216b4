"""One-time keys at the desk: received from the maker, handed over in person, declared lost. Use cases."""

from datetime import datetime

from django.db import transaction

from vaguemestre.desks.helpdesk.rules.stock import keys_listed
from vaguemestre.desks.helpdesk.services.operations import begun
from vaguemestre.desks.helpdesk.values import Act
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.queries.keys import key_held
from vaguemestre.people.credentials.services.keys import declare_key_lost, hand_key_over, stock_keys
from vaguemestre.people.credentials.values import SecretKeys


@transaction.atomic(durable=True)
def receive_keys(text: str, keys: SecretKeys, *, operator_id: int, now: datetime) -> int:
    """A maker's list goes into the stock; how many keys were new. Raises Refusal `helpdesk.key-…`."""
    return stock_keys(keys_listed(text), keys, by=f"account:{operator_id}", now=now)


@transaction.atomic(durable=True)
def give_key(
    account_id: int, serial: str, reason: str, keys: SecretKeys, *, operator_id: int, now: datetime
) -> int:
    """The key of that serial is handed over, without a PIN: its holder alone chooses it. Its number.

    Raises Refusal `helpdesk.…` or `credentials.serial-…`, having changed nothing.
    """
    begun(Act.GIVE_KEY, account_id, reason, operator_id=operator_id, now=now)
    return hand_key_over(account_id, serial, keys, by=f"account:{operator_id}", now=now)


@transaction.atomic(durable=True)
def lose_key(account_id: int, reason: str, *, operator_id: int, now: datetime) -> None:
    """The key opens nothing any more; another may be handed over. Raises Refusal `helpdesk.…`."""
    begun(Act.KEY_LOST, account_id, reason, operator_id=operator_id, now=now)
    held = key_held(account_id)
    by = f"account:{operator_id}"
    if held is None or not declare_key_lost(account_id, held.device_id, by=by, now=now):
        raise Refusal("helpdesk.not-in-that-state")
