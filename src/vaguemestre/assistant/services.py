"""Finding one's account by NUMEN and birth date; recovering it with a code besides."""

import hashlib
import hmac
from datetime import datetime

from django.db import transaction

from vaguemestre.assistant.rules import budgets, code_budget
from vaguemestre.assistant.values import CodeSent, Found, Given, NotPossible
from vaguemestre.credentials.queries import account_of_person, usable_contact
from vaguemestre.credentials.rules.delivered_codes import code_mark, drawn_code
from vaguemestre.credentials.services import hashed, keep_password
from vaguemestre.credentials.values import SecretKeys
from vaguemestre.directory.queries import person_by_numen
from vaguemestre.directory.rules.numens import parse_numen
from vaguemestre.directory.rules.sealing import digest
from vaguemestre.directory.values import NumenKeys
from vaguemestre.jobs.services import announce
from vaguemestre.journal.services import record
from vaguemestre.kernel.errors import Refusal
from vaguemestre.kernel.times import parse_day
from vaguemestre.signin.events import AccountTouched, ContactMailDue
from vaguemestre.signin.rules.contact_mails import sealed_letter
from vaguemestre.signin.services import give_back, lift, pay

_PENDING = "pending"
_ACTIVE = "active"
_PURPOSE = "recover"
_NOBODY = 0


def identify(given: Given, keys: NumenKeys, *, now: datetime) -> Found | NotPossible:
    """Use case: whose NUMEN and birth date these are, if an activation is due to them.

    Raises ValueError when the date cannot be read. Every other answer asks the same of the database.
    """
    born = parse_day(given.birth_date)
    sought = _digest(given.numen, keys)
    drawn_on = budgets(sought, given.network)
    if wait := pay(drawn_on, now=now):
        return NotPossible("assistant.wait", wait)
    person = person_by_numen(sought)
    account = account_of_person(person.pk if person else _NOBODY)
    right = person is not None and person.birth_date == born
    with transaction.atomic(durable=True):
        if not (right and account and account.state == _PENDING):
            known = f"account:{account.account_id}" if account else "nobody"
            record("assistant.not-found", to=known, by="anybody", at=now)
            return NotPossible()
        give_back(drawn_on)
        record("assistant.found", to=f"account:{account.account_id}", by="anybody", at=now)
    return Found(account.account_id)


def ask_code(given: Given, keys: NumenKeys, sealing: SecretKeys, *, now: datetime) -> CodeSent | NotPossible:
    """Use case: a code leaves for the recovery contact of whose NUMEN and birth date these are, if all is so.

    Raises ValueError when the date cannot be read. Whoever it is, the same is asked and written; a code asked
    is a try paid for, so that a contact receives five letters a day at most.
    """
    born = parse_day(given.birth_date)
    sought = _digest(given.numen, keys)
    if wait := pay(budgets(sought, given.network), now=now):
        return NotPossible("assistant.wait", wait)
    person = person_by_numen(sought)
    account = account_of_person(person.pk if person else _NOBODY)
    right = person is not None and person.birth_date == born
    found = account.account_id if right and account and account.state == _ACTIVE else _NOBODY
    address = usable_contact(found, now)
    owner, code = (found if address else _NOBODY), drawn_code()
    with transaction.atomic(durable=True):
        known = f"account:{account.account_id}" if account else "nobody"
        record("assistant.code-asked", to=known, by="anybody", at=now)
        announce(ContactMailDue(owner, _PURPOSE, sealed_letter(address, code, owner, sealing)))
    return CodeSent(owner, code_mark(code, owner, _PURPOSE, sealing))


def code_holds(sent: CodeSent, typed: str, keys: SecretKeys, *, now: datetime) -> bool:
    """Use case: one of five tries at the code that was sent."""
    if pay(code_budget(sent.mark), now=now):
        return False
    same = hmac.compare_digest(sent.mark, code_mark(typed, sent.account_id, _PURPOSE, keys))
    return same and sent.account_id != _NOBODY


def choose_password(account_id: int, password: str, *, now: datetime) -> None:
    """Use case: the new password of whoever proved the code. Sessions are ended by the caller."""
    kept = hashed(password)
    by = f"account:{account_id}"
    with transaction.atomic(durable=True):
        keep_password(account_id, kept, by=by, now=now)
        lift(account_id)
        record("assistant.recovered", to=by, by=by, at=now)
        announce(AccountTouched(account_id, "recovered", now.isoformat()))


def _digest(numen: str, keys: NumenKeys) -> str:
    """What is looked for; a text that is no NUMEN is looked for all the same, and found nowhere."""
    try:
        return digest(parse_numen(numen), keys)
    except Refusal:
        return hashlib.sha256(numen.encode()).hexdigest()
