"""Identification by NUMEN and birth date, or by an issued code."""

import hashlib
from datetime import datetime, time
from typing import NamedTuple

from django.db import transaction

from vaguemestre.access.assistant.queries import issued_code_mark
from vaguemestre.access.assistant.rules.budgets import code_price, look_up_price
from vaguemestre.access.assistant.rules.policy import Proof, is_proof_enough
from vaguemestre.access.assistant.values import (
    CodeAccepted,
    Identification,
    IdentityClaim,
    IssuedCodeClaim,
    Rejected,
)
from vaguemestre.access.signin.events import AccountTouched
from vaguemestre.access.signin.rules.proof_of_work import WorkDue
from vaguemestre.access.signin.services import charge_attempt, refund
from vaguemestre.access.signin.values import BrowserWork, Deferred
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.queries import last_time
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import PARIS, paris_day
from vaguemestre.people.credentials.queries import account_of_person, find_account
from vaguemestre.people.credentials.values import AccountState, Identified, SecretKeys
from vaguemestre.people.directory.queries import find_person, person_by_numen
from vaguemestre.people.directory.rules.numen_vault import digest
from vaguemestre.people.directory.rules.numens import parse_numen
from vaguemestre.people.directory.values import NumenKeys

NO_ACCOUNT = 0
NO_WORK = BrowserWork()
CLOSED = "assistant.closed"  # too many guesses: until tomorrow, only a code opens that NUMEN
_OWNER_NOTIFIED = "assistant.owner-told"


class ClaimedAccount(NamedTuple):
    """The account an identity claim names; `is_right`: the birth date matches its person's.

    `address_on_file`: known to the management service.
    """

    account: Identified | None
    is_right: bool
    address_on_file: str


def identify(
    claim: IdentityClaim, keys: NumenKeys, *, now: datetime, work: BrowserWork = NO_WORK
) -> Identification | Rejected | Deferred:
    """Use case: identify the account of that NUMEN and birth date, if they are enough to activate it.

    Every other outcome makes the same queries and writes, so that they cannot be told apart. The owner of an
    activated account is notified of the attempt, once a day.
    """
    numen_hash = numen_digest(claim.numen, keys)
    price = look_up_price(numen_hash, claim.network)
    if due := charge_attempt(price, work, now=now):
        return rejected_or_deferred(due, CLOSED)
    account, is_right, _ = find_claimed_account(numen_hash, claim)
    subject = journal_subject(account)
    notified_at = last_time(subject, _OWNER_NOTIFIED)
    with transaction.atomic(durable=True):
        if account and is_proof_enough(account.state, is_right=is_right, proof=Proof.NUMEN):
            refund(price.budgets)
            record("assistant.found", to=subject, by="anybody", at=now)
            return Identification(account.account_id)
        is_active = is_right and account is not None and account.state == AccountState.ACTIVE
        today = datetime.combine(paris_day(now), time.min, PARIS)
        is_notified = is_active and (notified_at is None or notified_at < today)
        record(_OWNER_NOTIFIED if is_notified else "assistant.not-found", to=subject, by="anybody", at=now)
        owner = account.account_id if account and is_notified else NO_ACCOUNT
        announce(AccountTouched(owner, "assistant-tried", now.isoformat()))
    return Rejected()


def accept_code(
    claim: IssuedCodeClaim,
    numen_keys: NumenKeys,
    keys: SecretKeys,
    *,
    now: datetime,
    work: BrowserWork = NO_WORK,
) -> CodeAccepted | Rejected | Deferred:
    """Use case: identify the account of an issued code, which the choice of a password will use up."""
    numen_hash = numen_digest(claim.name, numen_keys)
    name_digest = hashlib.sha256(claim.name.strip().lower().encode()).hexdigest()
    price = code_price(name_digest, claim.network)
    if due := charge_attempt(price, work, now=now):
        return rejected_or_deferred(due, "assistant.wait")
    holder = person_by_numen(numen_hash)
    by_numen = account_of_person(holder.pk if holder else NO_ACCOUNT)
    account = find_account(claim.name) or by_numen
    person = find_person(account.person_id or NO_ACCOUNT if account else NO_ACCOUNT)
    is_right = person is not None and person.birth_date == claim.born
    may_open = account is not None and account.state in (AccountState.PENDING, AccountState.ACTIVE)
    mark = issued_code_mark(
        account.account_id if account and is_right and may_open else NO_ACCOUNT, claim.code, keys, now
    )
    with transaction.atomic(durable=True):
        if mark:
            refund(price.budgets)
        action = "assistant.code-shown" if mark else "assistant.not-found"
        record(action, to=journal_subject(account), by="anybody", at=now)
        if mark and account:
            return CodeAccepted(account.account_id, mark)
    return Rejected("assistant.code-not-possible")


def find_claimed_account(numen_hash: str, claim: IdentityClaim, *, by_name: bool = False) -> ClaimedAccount:
    """The account a claim names. `by_name`: a username or an address does as well as a NUMEN."""
    holder = person_by_numen(numen_hash)
    named = find_account(claim.numen) if by_name else None
    account = account_of_person(holder.pk if holder else NO_ACCOUNT) or named
    person = find_person(account.person_id or NO_ACCOUNT if account else NO_ACCOUNT)
    is_right = person is not None and person.birth_date == claim.born
    return ClaimedAccount(account, is_right, person.recovery_address if person else "")


def rejected_or_deferred(due: WorkDue, reason: str) -> Rejected | Deferred:
    """The answer while a wait or proof of work is due."""
    return Rejected(reason, due.wait) if due.wait else Deferred(due.level, due.count, due.subject)


def journal_subject(account: Identified | None) -> str:
    """The account as the journal names it; `nobody` without one."""
    return account_subject(account.account_id) if account else "nobody"


def numen_digest(numen: str, keys: NumenKeys) -> str:
    """The digest to look up; a malformed NUMEN is looked up too, and matches nothing."""
    try:
        return digest(parse_numen(numen), keys)
    except Refusal:
        return hashlib.sha256(numen.encode()).hexdigest()
