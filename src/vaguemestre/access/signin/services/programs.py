"""Sign-ins of mail programs, as Dovecot tells of them. Use cases."""

from datetime import datetime

from django.db import transaction

from vaguemestre.access.signin.events import ProgramEntered
from vaguemestre.access.signin.rules.throttle import PROGRAM, Budget, Tried, sprayed, subjects, target_of
from vaguemestre.access.signin.services.throttle import note_spray, pay, wait_for
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.people.credentials.queries import AppKeyStatus, app_key_holder, app_key_status, find_account
from vaguemestre.people.credentials.services import note_app_password_used
from vaguemestre.people.credentials.values import SecretKeys


def wait_of(tried: Tried, keys: SecretKeys, *, now: datetime) -> int:
    """Seconds before that password is compared. Reads only.

    A program that gives one of the account's own passwords is its owner's, wherever it is: a hundred random
    bits are not guessed, so strangers who fail do not lock a telephone out.
    """
    account_id = _account_of(tried)
    match app_key_status(account_id, tried.secret_sha256, now):
        case AppKeyStatus.GOOD:
            return 0
        case AppKeyStatus.FORMER:
            return wait_for(_own(account_id, tried), now=now)
        case AppKeyStatus.NO:
            return wait_for({**_budgets(account_id, tried), **_sprays(tried, keys)}, now=now)


def note_failure(tried: Tried, keys: SecretKeys, *, now: datetime) -> None:
    """Counted with the failures of pages; a revoked password, apart: its owner's program keeps trying."""
    account_id = _account_of(tried)
    if app_key_status(account_id, tried.secret_sha256, now) is AppKeyStatus.FORMER:
        pay(_own(account_id, tried), now=now)
        return
    pay(_budgets(account_id, tried), now=now)
    with transaction.atomic(durable=True):
        note_spray(target_of(account_id, tried.name), _sprays(tried, keys), now=now)
        to = f"account:{account_id}" if account_id else "nobody"
        record("signin.refused", to=to, by="anybody", at=now, protocol=tried.protocol)


def note_entrance(tried: Tried, *, now: datetime) -> None:
    """The password opened: its last use, written every ten minutes; in a shared mailbox, each time."""
    account_id = _account_of(tried)
    note_app_password_used(account_id, tried.secret_sha256, tried.network, now=now)
    holder_id = app_key_holder(account_id, tried.secret_sha256)
    if holder_id is not None:
        with transaction.atomic(durable=True):
            announce(ProgramEntered(account_id, holder_id, tried.network, tried.protocol, now.isoformat()))


def _account_of(tried: Tried) -> int:
    account = find_account(tried.name)
    return account.account_id if account else 0


def _budgets(account_id: int, tried: Tried) -> dict[str, Budget]:
    return subjects(account_id, tried.name, tried.network)


def _own(account_id: int, tried: Tried) -> dict[str, Budget]:
    return {f"program:{account_id}:{tried.network}": PROGRAM}


def _sprays(tried: Tried, keys: SecretKeys) -> dict[str, Budget]:
    return sprayed(tried.secret_sha256, tried.network, keys.sealing[keys.current])
