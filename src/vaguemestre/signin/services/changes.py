"""A new password for somebody signed in."""

from datetime import datetime

from django.db import transaction

from vaguemestre.credentials.services import hashed, keep_password
from vaguemestre.signin.events import AccountTouched
from vaguemestre.signin.services.telling import tell


def change_password(account_id: int, password: str, *, by: str, now: datetime) -> AccountTouched:
    """Use case: make it theirs. The rules were asked before; other sessions are ended by the caller."""
    kept = hashed(password)
    with transaction.atomic(durable=True):
        keep_password(account_id, kept, by=by, now=now)
        return tell(account_id, "password-changed", now=now)
