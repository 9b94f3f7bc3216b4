"""Changes of second factors. Use cases; each returns the owner's notice (run the event now)."""

from datetime import datetime

from django.db import transaction

from vaguemestre.access.signin.events import AccountTouched
from vaguemestre.access.signin.services.security_notices import notify_owner
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.queries import applications_of
from vaguemestre.people.credentials.services import (
    confirm_application,
    make_recovery_codes,
    propose_application,
    remove_application,
)
from vaguemestre.people.credentials.values import SecretKeys


@transaction.atomic(durable=True)
def begin_application(account_id: int, keys: SecretKeys) -> None:
    """Draw a secret to enrol. Raises Refusal `credentials.too-many-applications`."""
    propose_application(account_id, keys)


@transaction.atomic(durable=True)
def finish_application(
    account_id: int, code: str, keys: SecretKeys, *, now: datetime
) -> tuple[AccountTouched, list[str]]:
    """Confirm an application by its code; with the first one, recovery codes to show once.

    Raises Refusal `signin.wrong-code`, with nothing changed.
    """
    by = account_subject(account_id)
    is_first = not applications_of(account_id)
    if not confirm_application(account_id, code, keys, by=by, now=now):
        raise Refusal("signin.wrong-code")
    number = applications_of(account_id)[-1].device_id
    touched = notify_owner(account_id, "application-added", now=now, number=number)
    return touched, make_recovery_codes(account_id, keys, by=by, now=now) if is_first else []


@transaction.atomic(durable=True)
def drop_application(
    account_id: int, device_id: int, *, is_due: bool, now: datetime
) -> AccountTouched | None:
    """Remove an application. Raises Refusal `signin.second-factor-due` for the last one, if required."""
    device_ids = [application.device_id for application in applications_of(account_id)]
    if is_due and device_ids == [device_id]:
        raise Refusal("signin.second-factor-due")
    if remove_application(account_id, device_id, by=account_subject(account_id), now=now):
        return notify_owner(account_id, "application-removed", now=now, number=device_id)
    return None


@transaction.atomic(durable=True)
def renew_recovery_codes(
    account_id: int, keys: SecretKeys, *, now: datetime
) -> tuple[AccountTouched, list[str]]:
    """Ten new recovery codes, to show once. Raises Refusal `signin.no-application`."""
    if not applications_of(account_id):
        raise Refusal("signin.no-application")
    codes = make_recovery_codes(account_id, keys, by=account_subject(account_id), now=now)
    return notify_owner(account_id, "recovery-codes-made", now=now), codes
