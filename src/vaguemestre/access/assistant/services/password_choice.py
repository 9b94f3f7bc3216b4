"""A first or new password, after a proof."""

from datetime import datetime

from django.db import transaction

from vaguemestre.access.assistant.services.issued_codes import use_issued_code, void_issued_codes
from vaguemestre.access.assistant.services.letters import announce_letter
from vaguemestre.access.signin.events import AccountTouched
from vaguemestre.access.signin.services import lift_throttle
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.people.credentials.queries import identified, recovery_mark, usable_contact
from vaguemestre.people.credentials.services import (
    activate_with_hash,
    hash_password,
    lock_account_row,
    save_password_hash,
    withdraw_proofs,
)
from vaguemestre.people.credentials.values import AccountState, SecretKeys
from vaguemestre.people.directory.queries import find_person


def activate(
    account_id: int,
    password: str,
    keys: SecretKeys,
    *,
    mark: str,
    charter: str,
    network: str,
    now: datetime,
) -> bool:
    """Use case: activate the account with a first password and the charter. Of parallel calls, one is True.

    `mark`: of the issued code used, "" for none. The owner is notified in the inbox and at the address on
    file.
    """
    password_hash = hash_password(password)
    by = account_subject(account_id)
    person = find_person(identified(account_id).person_id or 0)
    with transaction.atomic(durable=True):
        if mark and use_issued_code(account_id, mark, now=now) is None:
            return False
        if not activate_with_hash(account_id, password_hash, charter=charter, by=by, now=now):
            return False
        void_issued_codes(account_id, now=now)
        announce(AccountTouched(account_id, "activated", now.isoformat()))
        address = person.recovery_address if person else ""
        announce_letter(account_id, "activated", address, keys, code=network, now=now)
    return True


def choose_password(
    account_id: int, password: str, keys: SecretKeys, *, mark: str, former: str, now: datetime
) -> bool:
    """Use case: set a new password after a code. The caller ends the sessions.

    `mark`: of an issued code, used up here; "" after a code sent to the contact. `former`: the
    `recovery_mark` when the code was sent. False if the issued code was used meanwhile, if another password
    was chosen or barred or a contact removed, or if the account is no longer active.
    """
    password_hash = hash_password(password)
    by = account_subject(account_id)
    contact = usable_contact(account_id, now)
    with transaction.atomic(durable=True):
        lock_account_row(account_id)
        if recovery_mark(account_id) != former or identified(account_id).state != AccountState.ACTIVE:
            return False
        if mark:
            drops_factors = use_issued_code(account_id, mark, now=now)
            if drops_factors is None:
                return False
            if drops_factors:
                withdraw_proofs(account_id, by=by, now=now)
        save_password_hash(account_id, password_hash, by=by, now=now)
        void_issued_codes(account_id, now=now)
        record("assistant.recovered", to=by, by=by, at=now)
        announce(AccountTouched(account_id, "recovered", now.isoformat()))
        announce_letter(account_id, "recovered", contact, keys, now=now)
    # a second transaction: others lock the counters before anything else
    with transaction.atomic(durable=True):
        lift_throttle(account_id)
    return True
