"""Activate an account, exactly once."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.people.credentials.events import AccountActivated
from vaguemestre.people.credentials.models import Account, ActivationLink
from vaguemestre.people.credentials.services.passwords import hash_password

LINK_LIFE = timedelta(days=7)
_PAGE_FIRST = timedelta(seconds=20)  # the page runs the handlers at once; the worker only if that failed


def activate(account_id: int, password: str, *, charter: str, by: str, now: datetime) -> bool:
    """Use case: activate a pending account with a password and the accepted charter.

    True for exactly one of parallel attempts; False if the account is not pending. The caller checks the
    password.
    """
    password_hash = hash_password(password)
    with transaction.atomic(durable=True):
        return activate_with_hash(account_id, password_hash, charter=charter, by=by, now=now)


def activate_with_hash(account_id: int, password_hash: str, *, charter: str, by: str, now: datetime) -> bool:
    """`activate` with a hash of `hash_password`, inside the caller's transaction."""
    activated = Account.objects.filter(pk=account_id, state=Account.State.PENDING).update(
        state=Account.State.ACTIVE,
        password=password_hash,
        activated_at=now,
        charter_version=charter,
        charter_accepted_at=now,
    )
    if not activated:
        return False
    ActivationLink.objects.filter(account_id=account_id, used_at__isnull=True).update(used_at=now)
    record("credentials.account-activated", to=account_subject(account_id), by=by, at=now, charter=charter)
    announce(AccountActivated(account_id), due=now + _PAGE_FIRST)
    return True


def accept_charter(account_id: int, version: str, *, by: str, now: datetime) -> None:
    """Record that the owner accepted a version of the charter. Inside the caller's transaction."""
    rows = Account.objects.filter(pk=account_id).exclude(charter_version=version)
    if rows.update(charter_version=version, charter_accepted_at=now):
        record("credentials.charter-accepted", to=account_subject(account_id), by=by, at=now, charter=version)


def add_activation_link(account_id: int, *, by: str, now: datetime) -> str:
    """Create a single-use token for `/assistant/activation/<token>`, valid seven days.

    For a person without a NUMEN, such as the first administrator. It replaces the former links of the
    account. Inside the caller's transaction.
    """
    ActivationLink.objects.filter(account_id=account_id, used_at__isnull=True).update(used_at=now)
    token = secrets.token_urlsafe(24)
    ActivationLink.objects.create(
        account_id=account_id, token_sha256=link_sha256(token), expires_at=now + LINK_LIFE
    )
    record("credentials.activation-link-made", to=account_subject(account_id), by=by, at=now)
    return token


def link_sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
