"""A code delivered to the account's contact, and tried."""

import hmac
from datetime import datetime

from django.db import transaction

from vaguemestre.access.assistant.rules.budgets import code_budget, code_price, letters_of
from vaguemestre.access.assistant.rules.policy import ACTIVE, Proof, code_goes_to
from vaguemestre.access.assistant.services.identification import NOBODY, NOTHING_SHOWN, numen_digest, whose
from vaguemestre.access.assistant.services.letters import announce_letter
from vaguemestre.access.assistant.values import CodeSent, Given, NotPossible
from vaguemestre.access.signin.services import pay, pay_toll
from vaguemestre.access.signin.values import Later, Shown
from vaguemestre.foundation.journal.services import record
from vaguemestre.people.credentials.queries import usable_contact
from vaguemestre.people.credentials.rules.delivered_codes import code_mark, drawn_code
from vaguemestre.people.credentials.values import SecretKeys
from vaguemestre.people.directory.values import NumenKeys

_PURPOSE = "recover"


def ask_code(
    given: Given,
    keys: NumenKeys,
    sealing: SecretKeys,
    *,
    proof: Proof,
    now: datetime,
    shown: Shown = NOTHING_SHOWN,
) -> CodeSent | NotPossible | Later:
    """Use case: a code leaves for the contact of whose NUMEN (or username) and birth date these are.

    Whoever it is, the same is asked and written. Wrong birth dates close nothing here: only a letter that
    leaves counts against its owner, five a day.
    """
    sought = numen_digest(given.numen, keys)
    if unpaid := pay_toll(code_price(sought, given.network), shown, now=now):
        return (
            NotPossible("assistant.wait", unpaid.wait)
            if unpaid.wait
            else Later(unpaid.level, unpaid.count, unpaid.subject)
        )
    account, is_right, on_file = whose(sought, given, by_name=True)
    contact = usable_contact(account.account_id if account else NOBODY, now)
    state = account.state if account else ""
    address = code_goes_to(state, is_right=is_right, contact=contact, on_file=on_file, proof=proof)
    if pay(letters_of(f"account:{account.account_id}" if account and address else f"none:{sought}"), now=now):
        address = ""
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
