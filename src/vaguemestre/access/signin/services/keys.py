"""The OTP key of a signed-in user. Use cases; each returns the owner's notice (run the event now)."""

from datetime import datetime

from django.db import transaction

from vaguemestre.access.signin.events import AccountTouched
from vaguemestre.access.signin.rules.throttle import ACCOUNT
from vaguemestre.access.signin.services.security_notices import notify_owner
from vaguemestre.access.signin.services.throttle import charge, reset_failures
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials import services as credentials
from vaguemestre.people.credentials.values import SecretKeys


def choose_pin(account_id: int, pin: str, code: str, keys: SecretKeys, *, now: datetime) -> AccountTouched:
    """Set the PIN. Raises Refusal `credentials.pin-…`, `…no-key`, `signin.wrong-code-of-key`, `…wait`."""
    subject = f"pin:{account_id}"
    if wait := charge({subject: ACCOUNT}, now=now):
        raise Refusal("signin.wait", wait=f"{wait} s")
    by = account_subject(account_id)
    with transaction.atomic(durable=True):
        if not credentials.choose_pin(account_id, pin, code, keys, by=by, now=now):
            raise Refusal("signin.wrong-code-of-key")
        reset_failures([subject])
        return notify_owner(account_id, "key-pin-chosen", now=now)


@transaction.atomic(durable=True)
def declare_key_lost(account_id: int, device_id: int, *, now: datetime) -> AccountTouched:
    """Revoke a lost key. Raises Refusal `credentials.no-key`."""
    if not credentials.declare_key_lost(account_id, device_id, by=account_subject(account_id), now=now):
        raise Refusal("credentials.no-key")
    return notify_owner(account_id, "key-lost", now=now, number=device_id)
