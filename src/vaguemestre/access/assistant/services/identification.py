"""Who somebody is: by NUMEN and birth date, or with a code that was sent or handed over."""

import hashlib
from datetime import datetime, time

from django.db import transaction

from vaguemestre.access.assistant.queries import issued_code_mark
from vaguemestre.access.assistant.rules.budgets import code_price, look_up_price
from vaguemestre.access.assistant.rules.policy import ACTIVE, PENDING, Proof, opens_at_once
from vaguemestre.access.assistant.values import CodeShown, Found, Given, GivenCode, NotPossible
from vaguemestre.access.signin.events import AccountTouched
from vaguemestre.access.signin.services import give_back, pay_toll
from vaguemestre.access.signin.values import Later, Shown
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.queries import last_time
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import PARIS, paris_day
from vaguemestre.people.credentials.queries import account_of_person, find_account
from vaguemestre.people.credentials.values import Identified, SecretKeys
from vaguemestre.people.directory.queries import find_person, person_by_numen
from vaguemestre.people.directory.rules.numen_vault import digest
from vaguemestre.people.directory.rules.numens import parse_numen
from vaguemestre.people.directory.values import NumenKeys

NOBODY = 0
NOTHING_SHOWN = Shown()
CLOSED = "assistant.closed"  # others guessed at that NUMEN: a code opens it, a birth date no more today
_TOLD = "assistant.owner-told"


def identify(
    given: Given, keys: NumenKeys, *, now: datetime, shown: Shown = NOTHING_SHOWN
) -> Found | NotPossible | Later:
    """Use case: whose NUMEN and birth date these are, if they are enough for an activation.

    Every other answer asks and writes the same. The owner of an activated account is told, once a day.
    """
    sought = numen_digest(given.numen, keys)
    price = look_up_price(sought, given.network)
    if unpaid := pay_toll(price, shown, now=now):
        return (
            NotPossible(CLOSED, unpaid.wait)
            if unpaid.wait
            else Later(unpaid.level, unpaid.count, unpaid.subject)
        )
    account, is_right, _ = whose(sought, given)
    known = f"account:{account.account_id}" if account else "nobody"
    told = last_time(known, _TOLD)
    with transaction.atomic(durable=True):
        if account and opens_at_once(account.state, is_right=is_right, proof=Proof.NUMEN):
            give_back(price.budgets)
            record("assistant.found", to=known, by="anybody", at=now)
            return Found(account.account_id)
        is_due = is_right and account is not None and account.state == ACTIVE
        tells = is_due and (told is None or told < datetime.combine(paris_day(now), time.min, PARIS))
        record(_TOLD if tells else "assistant.not-found", to=known, by="anybody", at=now)
        owner = account.account_id if account and tells else NOBODY
        announce(AccountTouched(owner, "assistant-tried", now.isoformat()))
    return NotPossible()


def show_code(
    given: GivenCode,
    numen_keys: NumenKeys,
    keys: SecretKeys,
    *,
    now: datetime,
    shown: Shown = NOTHING_SHOWN,
) -> CodeShown | NotPossible | Later:
    """Use case: whose code it is, that was sent by the desk or handed over. Used up by what it opens only."""
    sought = numen_digest(given.name, numen_keys)
    named = hashlib.sha256(given.name.strip().lower().encode()).hexdigest()
    price = code_price(named, given.network)
    if unpaid := pay_toll(price, shown, now=now):
        return (
            NotPossible("assistant.wait", unpaid.wait)
            if unpaid.wait
            else Later(unpaid.level, unpaid.count, unpaid.subject)
        )
    holder = person_by_numen(sought)
    by_numen = account_of_person(holder.pk if holder else NOBODY)
    account = find_account(given.name) or by_numen
    owner = find_person(account.person_id or NOBODY if account else NOBODY)
    is_right = owner is not None and owner.birth_date == given.born
    may_open = account is not None and account.state in (PENDING, ACTIVE)
    mark = issued_code_mark(
        account.account_id if account and is_right and may_open else NOBODY, given.code, keys, now
    )
    with transaction.atomic(durable=True):
        if mark:
            give_back(price.budgets)
        known = f"account:{account.account_id}" if account else "nobody"
        record("assistant.code-shown" if mark else "assistant.not-found", to=known, by="anybody", at=now)
        if mark and account:
            return CodeShown(account.account_id, mark)
    return NotPossible("assistant.code-not-possible")


def whose(sought: str, given: Given, *, by_name: bool = False) -> tuple[Identified | None, bool, str]:
    """(account, whether the birth date is its person's, the address the management service has on file).

    `by_name`: a username or an own address does as well as a NUMEN.
    """
    by_numen = person_by_numen(sought)
    named = find_account(given.numen) if by_name else None
    account = account_of_person(by_numen.pk if by_numen else NOBODY) or named
    person = find_person(account.person_id or NOBODY if account else NOBODY)
    is_right = person is not None and person.birth_date == given.born
    return account, is_right, person.recovery_address if person else ""


def numen_digest(numen: str, keys: NumenKeys) -> str:
    """What is looked for; a text that is no NUMEN is looked for all the same, and found nowhere."""
    try:
        return digest(parse_numen(numen), keys)
    except Refusal:
        return hashlib.sha256(numen.encode()).hexdigest()
