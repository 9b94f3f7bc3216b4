"""OTP keys at the desk: stock, hand-over, loss."""

from datetime import datetime

from django.db import transaction

from vaguemestre.desks.helpdesk.rules.key_list import parse_key_list
from vaguemestre.desks.helpdesk.services.account_actions import begin_action
from vaguemestre.desks.helpdesk.values import DeskAction
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.queries.keys import current_key
from vaguemestre.people.credentials.services.keys import declare_key_lost, hand_key_over, stock_keys
from vaguemestre.people.credentials.values import SecretKeys


@transaction.atomic(durable=True)
def add_keys_to_stock(text: str, keys: SecretKeys, *, operator_id: int, now: datetime) -> int:
    """Use case: add listed keys to the stock. Returns how many are new. Raises Refusal `helpdesk.key-…`."""
    return stock_keys(parse_key_list(text), keys, by=account_subject(operator_id), now=now)


@transaction.atomic(durable=True)
def give_key(
    account_id: int, serial: str, reason: str, keys: SecretKeys, *, operator_id: int, now: datetime
) -> int:
    """Use case: hand over a key, without PIN: its holder chooses it. Returns the id of the device.

    Raises Refusal `helpdesk.…` or `credentials.serial-…`; nothing is then changed.
    """
    begin_action(DeskAction.GIVE_KEY, account_id, reason, operator_id=operator_id, now=now)
    return hand_key_over(account_id, serial, keys, by=account_subject(operator_id), now=now)


@transaction.atomic(durable=True)
def report_lost_key(account_id: int, reason: str, *, operator_id: int, now: datetime) -> None:
    """Use case: disable a lost key; another may then be handed over. Raises Refusal `helpdesk.…`."""
    begin_action(DeskAction.KEY_LOST, account_id, reason, operator_id=operator_id, now=now)
    key = current_key(account_id)
    by = account_subject(operator_id)
    if key is None or not declare_key_lost(account_id, key.device_id, by=by, now=now):
        raise Refusal("helpdesk.not-in-that-state")
