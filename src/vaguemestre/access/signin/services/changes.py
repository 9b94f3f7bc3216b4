"""A new password for somebody signed in."""

from datetime import datetime

from django.db import transaction

from vaguemestre.access.signin.events import AccountTouched
from vaguemestre.access.signin.services.security_notices import tell
from vaguemestre.people.credentials.services import hash_password, save_password_hash


def change_password(account_id: int, password: str, *, by: str, now: datetime) -> AccountTouched:
    """Use case: make it theirs. The rules were asked before; other sessions are ended by the caller."""
    kept = hash_password(password)
    with transaction.atomic(durable=True):
        save_password_hash(account_id, kept, by=by, now=now)
        return tell(account_id, "password-changed", now=now)
