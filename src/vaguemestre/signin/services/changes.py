"""A new password for somebody signed in."""

from datetime import datetime

from django.db import transaction

from vaguemestre.credentials.services import hashed, keep_password
from vaguemestre.jobs.services import announce
from vaguemestre.signin.events import AccountTouched


def change_password(account_id: int, password: str, *, by: str, now: datetime) -> None:
    """Use case: make it theirs. The rules were asked before; other sessions are ended by the caller."""
    kept = hashed(password)
    with transaction.atomic(durable=True):
        keep_password(account_id, kept, by=by, now=now)
        announce(AccountTouched(account_id, "password-changed", now.isoformat()))
