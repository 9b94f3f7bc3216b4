"""Sign-ins of mail clients, as reported by Dovecot. Use cases."""

from datetime import datetime

from django.db import transaction

from vaguemestre.access.signin.events import ProgramEntered
from vaguemestre.access.signin.rules.throttle import (
    PROGRAM,
    Budget,
    ProgramAttempt,
    program_budgets,
    spray_budgets,
    target_subject,
)
from vaguemestre.access.signin.services.throttle import charge, record_spray, wait_seconds
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.people.credentials.queries import AppKeyStatus, app_key_holder, app_key_status, find_account
from vaguemestre.people.credentials.services import note_app_password_used
from vaguemestre.people.credentials.values import SecretKeys


def program_wait_seconds(attempt: ProgramAttempt, keys: SecretKeys, *, now: datetime) -> int:
    """Seconds to wait before that password is checked. Reads only.

    A valid app password is never throttled: a hundred random bits cannot be guessed, so failures of strangers
    do not lock a phone out.
    """
    account_id = _account_id_of(attempt)
    match app_key_status(account_id, attempt.secret_sha256, now):
        case AppKeyStatus.GOOD:
            return 0
        case AppKeyStatus.FORMER:
            return wait_seconds(_program_budget(account_id, attempt), now=now)
        case AppKeyStatus.NO:
            return wait_seconds({**_budgets(account_id, attempt), **_sprays(attempt, keys)}, now=now)


def record_failure(attempt: ProgramAttempt, keys: SecretKeys, *, now: datetime) -> None:
    """Count a failure with those of pages.

    An app password counts apart, as its client keeps trying: one that was revoked, or whose class of service
    does not allow that protocol.
    """
    account_id = _account_id_of(attempt)
    if app_key_status(account_id, attempt.secret_sha256, now) is not AppKeyStatus.NO:
        charge(_program_budget(account_id, attempt), now=now)
        return
    charge(_budgets(account_id, attempt), now=now)
    with transaction.atomic(durable=True):
        record_spray(target_subject(account_id, attempt.name), _sprays(attempt, keys), now=now)
        to = account_subject(account_id) if account_id else "nobody"
        record("signin.refused", to=to, by="anybody", at=now, protocol=attempt.protocol)


def record_sign_in(attempt: ProgramAttempt, *, now: datetime) -> None:
    """Record the last use of an app password (every ten minutes; each time in a shared mailbox)."""
    account_id = _account_id_of(attempt)
    note_app_password_used(account_id, attempt.secret_sha256, attempt.network, now=now)
    holder_id = app_key_holder(account_id, attempt.secret_sha256)
    if holder_id is not None:
        with transaction.atomic(durable=True):
            announce(
                ProgramEntered(account_id, holder_id, attempt.network, attempt.protocol, now.isoformat())
            )


def _account_id_of(attempt: ProgramAttempt) -> int:
    account = find_account(attempt.name)
    return account.account_id if account else 0


def _budgets(account_id: int, attempt: ProgramAttempt) -> dict[str, Budget]:
    return program_budgets(account_id, attempt.name, attempt.network)


def _program_budget(account_id: int, attempt: ProgramAttempt) -> dict[str, Budget]:
    return {f"program:{account_id}:{attempt.network}": PROGRAM}


def _sprays(attempt: ProgramAttempt, keys: SecretKeys) -> dict[str, Budget]:
    return spray_budgets(attempt.secret_sha256, attempt.network, keys.sealing[keys.current])
