"""A code delivered to the account's contact, and tried."""

import hmac
from datetime import datetime

from django.db import transaction

from vaguemestre.assistant.rules.budgets import budgets, code_budget
from vaguemestre.assistant.rules.policy import ACTIVE, Proof, code_goes_to
from vaguemestre.assistant.services.identifying import NOBODY, numen_digest, whose
from vaguemestre.assistant.services.letters import announce_letter
from vaguemestre.assistant.values import CodeSent, Given, NotPossible
from vaguemestre.credentials.queries import usable_contact
from vaguemestre.credentials.rules.delivered_codes import code_mark, drawn_code
from vaguemestre.credentials.values import SecretKeys
from vaguemestre.directory.values import NumenKeys
from vaguemestre.journal.services import record
from vaguemestre.signin.services import pay

_PURPOSE = "recover"


def ask_code(
    given: Given, keys: NumenKeys, sealing: SecretKeys, *, proof: Proof, now: datetime
) -> CodeSent | NotPossible:
    """Use case: a code leaves for the contact of whose NUMEN and birth date these are, if all is so.

    Whoever it is, the same is asked and written; a code asked is a try paid for, so that a contact receives
    five letters a day at most.
    """
    sought = numen_digest(given.numen, keys)
    if wait := pay(budgets(sought, given.network), now=now):
        return NotPossible("assistant.wait", wait)
    account, is_right, on_file = whose(sought, given)
    contact = usable_contact(account.account_id if account else NOBODY, now)
    state = account.state if account else ""
    address = code_goes_to(state, is_right=is_right, contact=contact, on_file=on_file, proof=proof)
    owner, code = (account.account_id if account and address else NOBODY), drawn_code()
    with transaction.atomic(durable=True):
        known = f"account:{account.account_id}" if account else "nobody"
        record("assistant.code-asked", to=known, by="anybody", at=now)
        kind = "recover" if state == ACTIVE else "activate"
        announce_letter(owner, kind, address, sealing, code=code, now=now)
    return CodeSent(owner, code_mark(code, owner, _PURPOSE, sealing))


def code_holds(sent: CodeSent, typed: str, keys: SecretKeys, *, now: datetime) -> bool:
    """Use case: one of five tries at the code that was sent."""
    if pay(code_budget(sent.mark), now=now):
        return False
    same = hmac.compare_digest(sent.mark, code_mark(typed, sent.account_id, _PURPOSE, keys))
    return same and sent.account_id != NOBODY
