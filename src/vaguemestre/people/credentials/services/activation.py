"""An account becomes its owner's: exactly once."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.people.credentials.events import AccountActivated
from vaguemestre.people.credentials.models import Account, ActivationLink
from vaguemestre.people.credentials.services.passwords import hashed

LINK_LIFE = timedelta(days=7)
_DOOR_FIRST = timedelta(seconds=20)  # the page runs the handlers at once; the worker comes after, if need be


def activate(account_id: int, password: str, *, charter: str, by: str, now: datetime) -> bool:
    """Use case: the owner's password and acceptance of the charter open a pending account.

    True for exactly one of several at once; False when it is no longer pending. No password rule is asked.
    """
    kept = hashed(password)
    with transaction.atomic(durable=True):
        return activate_with_hash(account_id, kept, charter=charter, by=by, now=now)


def activate_with_hash(account_id: int, kept: str, *, charter: str, by: str, now: datetime) -> bool:
    """The same inside the caller's transaction, with what `hashed` returned."""
    won = Account.objects.filter(pk=account_id, state=Account.State.PENDING).update(
        state=Account.State.ACTIVE,
        password=kept,
        activated_at=now,
        charter_version=charter,
        charter_accepted_at=now,
    )
    if not won:
        return False
    ActivationLink.objects.filter(account_id=account_id, used_at__isnull=True).update(used_at=now)
    record("credentials.account-activated", to=f"account:{account_id}", by=by, at=now, charter=charter)
    announce(AccountActivated(account_id), due=now + _DOOR_FIRST)
    return True


def accept_charter(account_id: int, version: str, *, by: str, now: datetime) -> None:
    """The owner of an account agrees to that version of the charter. Inside the caller's transaction."""
    rows = Account.objects.filter(pk=account_id).exclude(charter_version=version)
    if rows.update(charter_version=version, charter_accepted_at=now):
        record("credentials.charter-accepted", to=f"account:{account_id}", by=by, at=now, charter=version)


def add_activation_link(account_id: int, *, by: str, now: datetime) -> str:
    """A token for `/assistant/activation/<token>`: single use, seven days. Inside the caller's transaction.

    Given to somebody without a NUMEN (the first administrator); former links of the account die.
    """
    ActivationLink.objects.filter(account_id=account_id, used_at__isnull=True).update(used_at=now)
    token = secrets.token_urlsafe(24)
    ActivationLink.objects.create(
        account_id=account_id, token_sha256=link_sha256(token), expires_at=now + LINK_LIFE
    )
    record("credentials.activation-link-made", to=f"account:{account_id}", by=by, at=now)
    return token


def link_sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
