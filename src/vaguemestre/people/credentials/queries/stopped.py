"""Accounts that are stopped: suspended, or secured until their owner is back."""

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Q

from vaguemestre.people.credentials.models import Account


def is_stopped(path: str) -> Q:
    """Condition on rows whose account, at the end of that path of fields, is stopped.

    A secured account has no password left, or none that opens; a mailbox of several people never has one.
    """
    state, barred, password, activated, role = (
        f"{path}__{column}" for column in ("state", "password_barred_at", "password", "activated_at", "role")
    )
    without_password = Q(
        **{f"{password}__startswith": UNUSABLE_PASSWORD_PREFIX, f"{activated}__isnull": False}
    ) & ~Q(**{role: Account.Role.BOX})
    return Q(**{state: Account.State.SUSPENDED}) | Q(**{f"{barred}__isnull": False}) | without_password
