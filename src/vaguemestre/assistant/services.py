"""Finding one's account by NUMEN and birth date."""

import hashlib
from datetime import datetime

from django.db import transaction

from vaguemestre.assistant.rules import budgets
from vaguemestre.assistant.values import Found, Given, NotPossible
from vaguemestre.credentials.queries import account_of_person
from vaguemestre.directory.queries import person_by_numen
from vaguemestre.directory.rules.numens import parse_numen
from vaguemestre.directory.rules.sealing import digest
from vaguemestre.directory.values import NumenKeys
from vaguemestre.journal.services import record
from vaguemestre.kernel.errors import Refusal
from vaguemestre.kernel.times import parse_day
from vaguemestre.signin.services import give_back, pay

_PENDING = "pending"
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


def _digest(numen: str, keys: NumenKeys) -> str:
    """What is looked for; a text that is no NUMEN is looked for all the same, and found nowhere."""
    try:
        return digest(parse_numen(numen), keys)
    except Refusal:
        return hashlib.sha256(numen.encode()).hexdigest()
