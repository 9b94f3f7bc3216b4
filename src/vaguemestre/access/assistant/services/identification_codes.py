"""A code sent to the account's contact, and checked."""

import hmac
from datetime import datetime

from django.db import transaction

from vaguemestre.access.assistant.rules.budgets import code_budget, code_price, letter_budget
from vaguemestre.access.assistant.rules.policy import Proof, code_address
from vaguemestre.access.assistant.services.identification import (
    NO_ACCOUNT,
    NO_WORK,
    find_claimed_account,
    journal_subject,
    numen_digest,
    rejected_or_deferred,
)
from vaguemestre.access.assistant.services.letters import announce_letter
from vaguemestre.access.assistant.values import CodeSent, IdentityClaim, Rejected
from vaguemestre.access.signin.queries import is_forgotten_browser
from vaguemestre.access.signin.rules.browsers import browser_mark
from vaguemestre.access.signin.services import charge, charge_attempt
from vaguemestre.access.signin.values import BrowserWork, Deferred
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.people.credentials.queries import usable_contact
from vaguemestre.people.credentials.rules.delivered_codes import code_mark, drawn_code
from vaguemestre.people.credentials.values import AccountState, SecretKeys
from vaguemestre.people.directory.values import NumenKeys

_PURPOSE = "recover"


def send_code(
    claim: IdentityClaim,
    keys: NumenKeys,
    sealing: SecretKeys,
    *,
    proof: Proof,
    now: datetime,
    work: BrowserWork = NO_WORK,
) -> CodeSent | Rejected | Deferred:
    """Use case: send a code to the contact of the account with that NUMEN (or username) and birth date.

    Unknown accounts cause the same queries and writes. Wrong birth dates are not charged to the owner;
    messages are, five a day; those asked in a browser that the owner signed in with have a budget apart,
    which strangers who know the birth date cannot spend.
    """
    numen_hash = numen_digest(claim.numen, keys)
    if due := charge_attempt(code_price(numen_hash, claim.network), work, now=now):
        return rejected_or_deferred(due, "assistant.wait")
    account, is_right, on_file = find_claimed_account(numen_hash, claim, by_name=True)
    account_id, state = (account.account_id, account.state) if account else (NO_ACCOUNT, None)
    contact = usable_contact(account_id, now)
    address = code_address(state, is_right=is_right, contact=contact, on_file=on_file, proof=proof)
    recipient = account_subject(account_id) if account and address else f"none:{numen_hash}"
    if _is_own_browser(claim, account_id) and address:
        recipient = f"browser:{account_id}:{claim.browser}"
    if charge(letter_budget(recipient), now=now):
        address = ""
    owner, code = (account_id if address else NO_ACCOUNT), drawn_code()
    with transaction.atomic(durable=True):
        record("assistant.code-asked", to=journal_subject(account), by="anybody", at=now)
        kind = "recover" if state == AccountState.ACTIVE else "activate"
        announce_letter(owner, kind, address, sealing, code=code, now=now)
    return CodeSent(owner, code_mark(code, owner, _PURPOSE, sealing))


def _is_own_browser(claim: IdentityClaim, account_id: int) -> bool:
    """Whether the account signed in there before. The same query for unknown accounts."""
    is_forgotten = is_forgotten_browser(account_id, browser_mark(claim.browser))
    return account_id in claim.browser_accounts and not is_forgotten


def is_code_right(sent_code: CodeSent, typed: str, keys: SecretKeys, *, now: datetime) -> bool:
    """Use case: check the code typed, one of five attempts."""
    if charge(code_budget(sent_code.mark), now=now):
        return False
    is_same = hmac.compare_digest(sent_code.mark, code_mark(typed, sent_code.account_id, _PURPOSE, keys))
    return is_same and sent_code.account_id != NO_ACCOUNT
