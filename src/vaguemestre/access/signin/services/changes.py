"""Change the password of a signed-in user."""

from datetime import datetime

from django.db import transaction

from vaguemestre.access.signin.events import AccountTouched
from vaguemestre.access.signin.services.security_notices import notify_owner
from vaguemestre.people.credentials.services import hash_password, save_password_hash


def change_password(account_id: int, password: str, *, by: str, now: datetime) -> AccountTouched:
    """Use case: store a password already checked. The caller ends other sessions."""
    password_hash = hash_password(password)
    with transaction.atomic(durable=True):
        save_password_hash(account_id, password_hash, by=by, now=now)
        return notify_owner(account_id, "password-changed", now=now)
