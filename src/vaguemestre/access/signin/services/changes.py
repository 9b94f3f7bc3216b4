"""A new password for somebody signed in."""

from datetime import datetime

from django.db import transaction

from vaguemestre.access.signin.events import AccountTouched
from vaguemestre.access.signin.services.security_notices import tell
from vaguemestre.people.credentials.services import hashed, keep_password


def change_password(account_id: int, password: str, *, by: str, now: datetime) -> AccountTouched:
    """Use case: make it theirs. The rules were asked before; other sessions are ended by the caller."""
    kept = hashed(password)
    with transaction.atomic(durable=True):
        keep_password(account_id, kept, by=by, now=now)
        return tell(account_id, "password-changed", now=now)
